#include "core/operations/bank_operation.h"

#include <gtest/gtest.h>

#include <map>

namespace pim::test {
namespace {

pim_command commandOf(pim_opcode opcode, std::uint8_t banks = 1) {
  pim_command command{};
  command.opcode = static_cast<std::uint8_t>(opcode);
  command.groups = 1;
  command.banks_per_group = banks;
  return command;
}

TEST(BankOperationTable, HasAUnitForEachBankCommandAndForNothingElse) {
  std::map<unsigned, BankUnitKind> units;
  for (unsigned opcode = 0; opcode < 256; ++opcode) {
    const BankUnitKind unit = bankOperation(static_cast<std::uint8_t>(opcode)).unit();
    if (unit != BankUnitKind::None) units[opcode] = unit;
  }
  EXPECT_EQ(units, (std::map<unsigned, BankUnitKind>{{PIM_OP_MAC, BankUnitKind::MacArray},
                                                     {PIM_OP_SCORE, BankUnitKind::MacArray},
                                                     {PIM_OP_SOFTMAX, BankUnitKind::SoftmaxUnit},
                                                     {PIM_OP_PV, BankUnitKind::MacArray},
                                                     {PIM_OP_STORE, BankUnitKind::Cells},
                                                     {PIM_OP_FILL, BankUnitKind::Bram}}));
}

TEST(BankOperationTable, RefusesWhatIsNoBankCommand) {
  EXPECT_EQ(checkBankCommand(commandOf(PIM_OP_ADD), 1 << 16, 1 << 20), CommandCheck::NotABankCommand);
  pim_command fill = commandOf(PIM_OP_FILL);
  fill.body.fill = {0, 16, 0};
  EXPECT_EQ(checkBankCommand(fill, 64, 0), CommandCheck::Ok);
  EXPECT_EQ(checkBankCommand(fill, 63, 0), CommandCheck::OutOfRange);
  fill.banks_per_group = 0;
  EXPECT_EQ(checkBankCommand(fill, 64, 0), CommandCheck::OutOfRange);
}

TEST(FillOperation, UsesNeitherCellsNorMultipliers) {
  pim_command command = commandOf(PIM_OP_FILL);
  command.body.fill = {64, 200, 7};
  const BankOperation& fill = bankOperation(PIM_OP_FILL);
  const BankTask task{command, 3};
  std::vector<ColumnRun> runs;
  fill.appendRuns(task, runs);
  EXPECT_TRUE(runs.empty());
  EXPECT_EQ(fill.vectors(command), 0u);
  EXPECT_EQ(fill.products(task), 0u);
  EXPECT_EQ(fill.columnInterval(task, BankCompute{}), 0);
  EXPECT_EQ(fill.resultCycles(task), 4) << "800 bytes, 256 per cycle";
  EXPECT_EQ(fill.bramBytes(task), 800u);
}

/// Banks with the same number of tokens have the same work, others have not: their rows differ in length.
TEST(SoftmaxOperation, IsOtherWorkWhereABankHoldsOtherTokens) {
  pim_command command = commandOf(PIM_OP_SOFTMAX, 4);
  command.body.attention.length = 97;  // bank 0 of the group holds 25 tokens, the others 24
  command.body.attention.tokens = 1;
  command.body.attention.heads_per_group = 1;
  command.body.attention.pitch = 64;
  const BankOperation& softmax = bankOperation(PIM_OP_SOFTMAX);
  const BankCompute compute;
  for (std::uint32_t a = 0; a < 8; ++a) {
    for (std::uint32_t b = 0; b < 8; ++b) {
      const bool sameTokens = (a % 4 == 0) == (b % 4 == 0);
      EXPECT_EQ(softmax.sameWork({command, a}, {command, b}), sameTokens) << a << ' ' << b;
      if (softmax.softmaxCycles({command, a}, compute) != softmax.softmaxCycles({command, b}, compute)) {
        EXPECT_FALSE(sameTokens);
      }
    }
  }
  EXPECT_NE(softmax.softmaxCycles({command, 0}, compute), softmax.softmaxCycles({command, 1}, compute));
  command.body.attention.tokens = 3;  // the second of them is bank 1's, the third bank 2's
  EXPECT_FALSE(softmax.sameWork({command, 1}, {command, 2}));
  EXPECT_TRUE(softmax.sameWork({command, 3}, {command, 7}));
}

}  // namespace
}  // namespace pim::test
