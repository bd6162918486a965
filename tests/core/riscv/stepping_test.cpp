// Blocks of instructions, in which some are executed in pairs, against the same instructions one by one.
#include <gtest/gtest.h>

#include "tests/core/riscv/bare_machine.h"
#include "tests/core/riscv/random_programs.h"

namespace pim::riscv::test {
namespace {

struct Machine : BareMachine {
  Machine(const Batch& batch, const CycleTable& table)
      : BareMachine(kProgramBase, static_cast<std::uint32_t>(batch.image.size()), table) {
    write(kProgramBase, batch.image);
    hart.reset(kProgramBase);
  }
};

TEST(Stepping, EndsAsBlocksDoInTheSameCycle) {
  CycleTable table;
  table.branchTaken = 3;
  table.unalignedTarget = 1;
  const Batch batch = randomBatch(7, 300);
  Machine blocks(batch, table), steps(batch, table);
  EXPECT_EQ(blocks.hart.run(1'000'000'000), Stop::Lost);
  while (steps.hart.step() == Stop::Budget) continue;
  EXPECT_EQ(describe(steps.hart.lost()), "environment call");
  EXPECT_EQ(steps.hart.lost().pc, blocks.hart.lost().pc);
  EXPECT_EQ(steps.hart.cycles(), blocks.hart.cycles());
  EXPECT_EQ(steps.hart.instructions(), blocks.hart.instructions());
  for (unsigned i = 1; i < 32; ++i) EXPECT_EQ(steps.hart.x(i), blocks.hart.x(i)) << "x" << i;
  const std::uint32_t bytes = batch.programs * kResultBytes;
  EXPECT_TRUE(steps.read(batch.resultsAt, bytes) == blocks.read(batch.resultsAt, bytes));
}

}  // namespace
}  // namespace pim::riscv::test
