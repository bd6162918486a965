// libpimref as a bench calls it: over its C header alone, as a shared library.
#include "core/reference/pim_ref.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>

#include "abi/pim_abi.h"

namespace pim::test {
namespace {

using Words = std::array<std::uint32_t, 32>;
using Beat = std::array<std::uint32_t, 8>;

Words wordsOf(const pim_command& command) {
  Words words;
  std::memcpy(words.data(), &command, sizeof words);
  return words;
}

pim_command fill(std::uint32_t at, std::uint32_t count) {
  pim_command command{};
  command.opcode = PIM_OP_FILL;
  command.groups = command.banks_per_group = 1;
  command.body.fill.bram = at;
  command.body.fill.words = count;
  command.body.fill.value = 0x01020304;
  return command;
}

class PimRefTest : public ::testing::Test {
 protected:
  ~PimRefTest() override {
    pim_ref_memory_free(m_bram);
    pim_ref_memory_free(m_bmem);
  }
  Beat at(std::uint32_t offset) {
    Beat beat{};
    EXPECT_EQ(pim_ref_memory_read(m_bram, offset, beat.data()), PIM_REF_OK);
    return beat;
  }

  void* m_bram = pim_ref_memory_new(1024);
  void* m_bmem = pim_ref_memory_new(4096);
};

TEST_F(PimRefTest, IsOfTheVersionOfItsHeader) {
  EXPECT_EQ(pim_ref_version(), PIM_REF_VERSION);
}

TEST_F(PimRefTest, RunsABankCommand) {
  EXPECT_EQ(pim_ref_bank_check(wordsOf(fill(36, 2)).data(), 1024, 4096), PIM_REF_OK);
  EXPECT_EQ(pim_ref_bank_execute(wordsOf(fill(36, 2)).data(), 0, m_bmem, m_bram), PIM_REF_OK);
  EXPECT_EQ(at(32), (Beat{0, 0x01020304, 0x01020304}));
}

TEST_F(PimRefTest, RunsAnAluCommand) {
  const Beat operands{5, 6, 7, 8};
  EXPECT_EQ(pim_ref_memory_write(m_bram, 0, operands.data()), PIM_REF_OK);
  EXPECT_EQ(pim_ref_memory_write(m_bram, 32, operands.data()), PIM_REF_OK);
  pim_command add{};
  add.opcode = PIM_OP_ADD;
  add.body.alu.src2 = 32;
  add.body.alu.dst = 64;
  add.body.alu.rows = 1;
  add.body.alu.count = 4;
  EXPECT_EQ(pim_ref_alu_execute(wordsOf(add).data(), m_bram), PIM_REF_OK);
  EXPECT_EQ(at(64), (Beat{10, 12, 14, 16}));

  add.body.alu.dst = 1020;  // its last three elements lie beyond the memory
  EXPECT_EQ(pim_ref_alu_execute(wordsOf(add).data(), m_bram), PIM_REF_OUT_OF_RANGE);
  EXPECT_EQ(at(992), Beat{});
}

TEST_F(PimRefTest, RefusesAndChangesNothing) {
  EXPECT_EQ(pim_ref_bank_execute(wordsOf(fill(1020, 2)).data(), 0, m_bmem, m_bram), PIM_REF_OUT_OF_RANGE);
  EXPECT_EQ(at(992), Beat{});
  pim_command none{};
  EXPECT_EQ(pim_ref_bank_execute(wordsOf(none).data(), 0, m_bmem, m_bram), PIM_REF_NO_COMMAND);
  EXPECT_EQ(pim_ref_alu_execute(wordsOf(fill(0, 1)).data(), m_bram), PIM_REF_NO_COMMAND);
}

TEST_F(PimRefTest, TakesBeatsWithinTheMemoryAlone) {
  Beat beat{1};
  EXPECT_EQ(pim_ref_memory_write(m_bram, 1024, beat.data()), PIM_REF_OUT_OF_RANGE);
  EXPECT_EQ(pim_ref_memory_write(m_bram, 4, beat.data()), PIM_REF_OUT_OF_RANGE);
  EXPECT_EQ(pim_ref_memory_read(m_bram, 0xffffffe0, beat.data()), PIM_REF_OUT_OF_RANGE);
  EXPECT_EQ(pim_ref_memory_write(m_bram, 992, beat.data()), PIM_REF_OK);
  EXPECT_EQ(at(992), beat);
}

}  // namespace
}  // namespace pim::test
