// The cycle tables of platform/cores against the cores they describe.
#include "platform/config/core_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "core/riscv/hart.h"
#include "tests/platform/config/ibex_sequences.h"

namespace pim::platform {
namespace {

using test::IbexSequence;

/// Remembers when stores began.
class MarkBus : public riscv::Bus {
 public:
  Answer read(std::uint32_t, std::uint32_t, std::uint64_t) override { return {true, 0, 0}; }
  Answer write(std::uint32_t, std::uint32_t, std::uint32_t, std::uint64_t cycle) override {
    marks.push_back(cycle);
    return {true, 0, 0};
  }
  std::vector<std::uint64_t> marks;
};

/// As IbexSequence::cycles, of the hart.
std::int64_t cyclesOnHart(const IbexSequence& sequence, const riscv::CycleTable& table) {
  constexpr std::uint32_t kBytes = 0x1000, kEnough = 1000;
  std::vector<std::uint8_t> code(kBytes), data(kBytes);
  const std::vector<std::uint8_t> program = ibexProgram(sequence);
  std::copy(program.begin(), program.end(), code.begin());
  MarkBus bus;
  riscv::Hart hart(table, {test::kIbexCode, kBytes, code.data()}, {test::kIbexData, kBytes, data.data()},
                   bus);
  hart.reset(test::kIbexCode);
  for (const test::IbexRegister& x : test::ibexRegisters()) hart.setX(x.index, x.value);
  hart.setInterrupt(true);
  hart.run(kEnough);
  if (bus.marks.size() < 2) return -1;
  return static_cast<std::int64_t>(bus.marks[1] - bus.marks[0]) - test::kMarkCycles;
}

TEST(IbexTable, TakesTheCyclesOfIbexsRtl) {
  const riscv::CycleTable table = loadCycleTable("ibex");
  std::size_t exact = 0;
  for (const IbexSequence& sequence : test::ibexSequences()) {
    EXPECT_EQ(cyclesOnHart(sequence, table), std::int64_t{sequence.cycles} + sequence.difference)
        << sequence.name;
    exact += sequence.difference == 0 ? 1 : 0;
  }
  EXPECT_EQ(test::ibexSequences().size(), 93u);
  EXPECT_EQ(exact, 88u);
}

TEST(IbexTable, IsComparedWithSequencesOfDifferentNames) {
  std::set<std::string> names;
  for (const IbexSequence& sequence : test::ibexSequences()) names.insert(sequence.name);
  EXPECT_EQ(names.size(), test::ibexSequences().size());
}

}  // namespace
}  // namespace pim::platform
