// alu.fuse on a chip: the tokens and logits of ADD and RMSNORM apart, for fewer commands and fewer bytes.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <numeric>

#include "platform/assembly/firmware_program.h"
#include "tests/platform/assembly/chip_run.h"

namespace pim::test {
namespace {

const platform::Overrides kFused{"alu.fuse=residual_norm"};
constexpr std::uint32_t kGenerate = 4;

ChipRun tinyRun(const platform::Overrides& overrides) {
  ChipRun run;
  run.shape = tinyShape();
  run.prompt = {1, 32, 63, 94, 125, 17, 48, 79, 110};
  run.generate = kGenerate;
  run.overrides = overrides;
  return run;
}

std::uint64_t aluBytes(const ChipOutcome& outcome) {
  const auto& bytes = outcome.result.statistics.counters.controllerBytes;
  return std::accumulate(bytes.begin(), bytes.end(), std::uint64_t{0});
}

std::uint64_t memoryBytes(const ChipOutcome& outcome) {
  const Counters& counters = outcome.result.statistics.counters;
  return counters.bytesOf(ControllerMemoryKind::kCram) + counters.bytesOf(ControllerMemoryKind::kCmem);
}

/// Rows that are not read or written because sum and norm are one command. Each layer has two norms; the
/// first of all has no sum before it.
std::uint64_t savedRows(const ChipRun& run) {
  const std::uint64_t norms = 2ull * run.shape.layers, tokens = run.prompt.size();
  const std::uint64_t heads = run.everyPosition ? tokens : 1;
  // Tokens without logits have no last sum, which reads two rows and writes one.
  const std::uint64_t prefill = tokens * (norms - 1) + heads + 3 * (tokens - heads);
  return prefill + (run.generate - 1) * norms;
}

void expectSameForLess(const platform::Overrides& overrides, bool everyPosition = false) {
  const std::string what = fmt::format("{}", fmt::join(overrides, " "));
  ChipRun run = tinyRun(overrides);
  run.everyPosition = everyPosition;
  const ChipOutcome apart = runChip(run);
  ASSERT_EQ(apart.error, "") << what;
  run.overrides = overrides + kFused;
  const ChipOutcome fused = runChip(run);
  ASSERT_EQ(fused.error, "") << what;
  EXPECT_EQ(fused.result.tokens, apart.result.tokens) << what;
  EXPECT_EQ(fused.logits, apart.logits) << what;
  EXPECT_EQ(fused.logits.size(), kGenerate + (everyPosition ? run.prompt.size() - 1 : 0)) << what;
  EXPECT_EQ(aluBytes(apart) - aluBytes(fused), 4ull * run.shape.hidden * savedRows(run)) << what;
  const Counters &a = apart.result.statistics.counters, &b = fused.result.statistics.counters;
  EXPECT_EQ(a.messages, b.messages) << what;
  EXPECT_EQ(a.macOperations, b.macOperations) << what;
  EXPECT_EQ(a.bankBytes, b.bankBytes) << what;
  EXPECT_LT(b.commands, a.commands) << what;
  EXPECT_LT(fused.result.end, apart.result.end) << what;
}

TEST(AluFusion, GivesTheSameForFewerBytesWhateverTheMapping) {
  for (const char* weights : {"1d", "2d"}) {
    for (const unsigned banksPerHead : {1u, 2u}) {
      for (const char* program : {"posted", "cached"}) {
        expectSameForLess(weightMapping(weights) +
                          platform::Overrides{fmt::format("mapping.banks_per_head={}", banksPerHead),
                                              fmt::format("schedule.program={}", program)});
      }
    }
  }
}

TEST(AluFusion, GivesTheSameForFewerBytesWhateverTheFormatAndMemory) {
  for (const platform::Overrides& overrides : {platform::Overrides{"activation.bits=8"},
                                               {"controller.activations=cmem"},
                                               {"controller.activations=external"},
                                               {"schedule.overlap=off"},
                                               {"mapping.token_tile=1", "schedule.tiles_in_flight=1"},
                                               {"controller.alu_latency=off"}})
    expectSameForLess(overrides);
  expectSameForLess({}, true);
}

TEST(AluFusion, GivesTheSameOnTheRv32Core) {
  if (platform::builtinFirmware().empty()) GTEST_SKIP() << "built without riscv64-unknown-elf-gcc";
  for (const char* program : {"schedule.program=posted", "schedule.program=cached"})
    expectSameForLess({"controller.core=rv32", program});
}

// What a token saves: a read of the residual and a descriptor for each norm but the first.
TEST(AluFusion, SavesAReadOfTheResidualForEachNormOfADecodeToken) {
  const auto ofAToken = [](platform::Overrides overrides, const auto& count) {
    ChipRun run = tinyRun(overrides);
    run.functional = false;
    const std::uint64_t before = count(runChip(run));
    ++run.generate;
    return count(runChip(run)) - before;
  };
  const ModelShape shape = tinyShape();
  const std::uint64_t norms = 2ull * shape.layers, row = 4ull * shape.hidden;
  EXPECT_EQ(ofAToken({}, aluBytes) - ofAToken(kFused, aluBytes), norms * row);
  EXPECT_EQ(ofAToken({}, memoryBytes) - ofAToken(kFused, memoryBytes), norms * (row + PIM_COMMAND_BYTES));
}

TEST(AluFusion, TakesTheSameTimeWithAndWithoutData) {
  for (const char* change :
       {"schedule.program=posted", "schedule.program=cached", "controller.alu_latency=off"}) {
    ChipRun run = tinyRun(kFused + platform::Overrides{change});
    const ChipOutcome functional = runChip(run);
    run.functional = false;
    const ChipOutcome timing = runChip(run);
    ASSERT_EQ(functional.error, "") << change;
    EXPECT_EQ(firstDifference(functional, timing), "") << change;
  }
}

}  // namespace
}  // namespace pim::test
