#include "tests/sim/commands/core_equality.h"

#include <gtest/gtest.h>

#include "tests/sim/commands/pimtlm.h"

namespace pim::cli {
namespace {

class BothCores : public testing::Test {
 protected:
  void SetUp() override {
    if (!hasRv32Core()) GTEST_SKIP() << "built without riscv64-unknown-elf-gcc";
  }
};

TEST_F(BothCores, GiveTheSameTextOnEveryPreset) {
  for (const char* preset : {"aim8", "edge", "ideal", "offchip", "small"}) {
    SCOPED_TRACE(preset);
    expectSameTextOnBothCores(
        {"--preset", preset, "--weights", PIMTLM_ADDER, "--prompt", "1234+5678=", "--generate", "5"});
  }
}

TEST_F(BothCores, TakeTheSameTime) {
  EXPECT_TRUE(expectSameTimeOnBothCores("aim8", "llama-7b", 128));
  EXPECT_TRUE(expectSameTimeOnBothCores("aim8", "tinyllama-1.1b", 128));
}

}  // namespace
}  // namespace pim::cli
