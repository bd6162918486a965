#include <gtest/gtest.h>

#include <filesystem>

#include "tests/sim/commands/core_equality.h"
#include "tests/sim/commands/shared_models.h"

namespace pim::cli {
namespace {

const char* const kPresets[] = {"aim8", "edge", "ideal", "offchip", "small"};

TEST(BothCoresAtNight, TakeTheSameTimeOnAllPresetsModelsAndContexts) {
  if (!hasRv32Core()) GTEST_SKIP() << "built without riscv64-unknown-elf-gcc";
  unsigned fit = 0;
  for (const char* preset : kPresets) {
    for (const char* model : {"llama-7b", "tinyllama-1.1b", "llama-3-8b"}) {
      for (const unsigned context : {128u, 1024u}) fit += expectSameTimeOnBothCores(preset, model, context);
    }
  }
  EXPECT_EQ(fit, 24u);  // all but those on small, which has no room for any
}

TEST(BothCoresAtNight, TellTheSameStoryOnEveryPreset) {
  const std::string model = sharedModels() + "stories260K-h192-q4_0-pure.gguf";
  if (!hasRv32Core()) GTEST_SKIP() << "built without riscv64-unknown-elf-gcc";
  if (!std::filesystem::exists(model)) GTEST_SKIP() << "no reference model at " << model;
  for (const char* preset : kPresets) {
    SCOPED_TRACE(preset);
    expectSameTextOnBothCores(
        {"--preset", preset, "--weights", model, "--prompt", "Once upon a time", "--generate", "12"});
  }
}

}  // namespace
}  // namespace pim::cli
