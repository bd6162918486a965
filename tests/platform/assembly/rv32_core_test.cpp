#include <fmt/format.h>
#include <gtest/gtest.h>

#include "platform/assembly/firmware_program.h"
#include "tests/platform/assembly/chip_run.h"

namespace pim::test {
namespace {

/// The firmware's program on the instruction-set simulator posts what the same firmware posts as host code:
/// the same commands, so the same tokens and bits, whatever the two take.
class Rv32Core : public testing::Test {
 protected:
  void SetUp() override {
    if (platform::builtinFirmware().empty()) GTEST_SKIP() << "built without riscv64-unknown-elf-gcc";
  }

  static void expectSameAsNative(ChipRun run, const platform::Overrides& core = {}) {
    const std::string what = fmt::format("{}", fmt::join(run.overrides, " "));
    run.shape = tinyShape();
    run.prompt = {1, 32, 63, 94, 125, 17, 48, 79, 110};
    run.generate = 5;
    const ChipOutcome native = runChip(run);
    ASSERT_EQ(native.error, "") << what;
    run.overrides = run.overrides + platform::Overrides{"controller.core=rv32"} + core;
    const ChipOutcome rv32 = runChip(run);
    ASSERT_EQ(rv32.error, "") << what;
    EXPECT_EQ(rv32.result.tokens, native.result.tokens) << what;
    EXPECT_EQ(rv32.logits, native.logits) << what;
    const Counters &a = rv32.result.statistics.counters, &b = native.result.statistics.counters;
    EXPECT_EQ(a.commands, b.commands)
        << what;  // and with them the interrupts: each quarter of the ring has one
    EXPECT_EQ(a.messages, b.messages) << what;
    EXPECT_EQ(a.macOperations, b.macOperations) << what;
    EXPECT_EQ(a.bankBytes, b.bankBytes) << what;
    EXPECT_GT(a.core.instructions, 100u * a.commands) << what;
    EXPECT_GT(a.core.cycles, a.core.instructions) << what;
  }
};

TEST_F(Rv32Core, GivesTheTokensAndLogitsOfTheNativeOne) {
  ChipRun run;
  run.functional = true;
  for (const char* weights : {"1d", "2d"}) {
    for (const unsigned banksPerHead : {1u, 2u}) {
      run.overrides = weightMapping(weights) +
                      platform::Overrides{fmt::format("mapping.banks_per_head={}", banksPerHead)};
      expectSameAsNative(run);
    }
  }
}

TEST_F(Rv32Core, GivesTheSameWithAnotherCoreAndASlowBus) {
  ChipRun run;
  run.functional = true;
  expectSameAsNative(run, {"controller.cycle_table=picorv32", "controller.firmware_cycles_per_access=100"});
  expectSameAsNative(run, {"controller.firmware_cycles_per_access=0", "controller.firmware_clock_ns=0.3"});
}

TEST_F(Rv32Core, RunsTimingOnlyAndWithoutOverlap) {
  ChipRun run;
  run.functional = false;
  expectSameAsNative(run);
  run.overrides = {"schedule.overlap=off"};
  expectSameAsNative(run);
}

TEST_F(Rv32Core, RunsDecodeStepsAsAProgram) {
  ChipRun run;
  run.functional = true;
  for (const char* banksPerHead : {"mapping.banks_per_head=1", "mapping.banks_per_head=2"}) {
    run.overrides = {"schedule.program=cached", banksPerHead};
    expectSameAsNative(run);
  }
}

TEST_F(Rv32Core, FindsRegistersAndPlanWhereverTheMapPutsThem) {
  ChipRun run;
  run.functional = true;
  run.overrides = {"memory_map.registers_base=0x30000000", "memory_map.cram_base=0x20000000"};
  expectSameAsNative(run);
}

TEST_F(Rv32Core, ASlowerCoreTakesLonger) {
  ChipRun run;
  run.shape = tinyShape();
  run.prompt = {1, 2, 3};
  run.generate = 4;
  run.functional = false;
  const auto endWith = [&](const char* table) {
    run.overrides = {"controller.core=rv32", fmt::format("controller.cycle_table={}", table)};
    return runChip(run).result.end;
  };
  EXPECT_GT(endWith("picorv32"), 2 * endWith("ibex"));
}

}  // namespace
}  // namespace pim::test
