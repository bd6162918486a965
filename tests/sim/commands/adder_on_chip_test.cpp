#include "tests/sim/commands/adder_on_chip.h"

#include <gtest/gtest.h>

#include "tests/sim/commands/pimtlm.h"

namespace pim::cli {
namespace {

TEST(AdderOnChip, HundredSums) {
  EXPECT_GE(sumsRightOnChip(100), 99u);
}

TEST(AdderOnChip, ShowsTheSumInTheUsualOrder) {
  const Outcome run =
      pimtlm({"generate", "--weights", PIMTLM_ADDER, "--prompt", "1234+5678=", "--generate", "8"});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(run.out.rfind("1234+5678=2196\n", 0), 0u) << run.out;
  EXPECT_NE(run.out.find("usual order: 6912\n"), std::string::npos) << run.out;
}

}  // namespace
}  // namespace pim::cli
