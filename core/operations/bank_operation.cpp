#include "core/operations/bank_operation.h"

#include <array>

namespace pim {
namespace {

class NoBankOperation : public BankOperation {
 public:
  NoBankOperation() : BankOperation(BankUnitKind::None) {}
  bool accepts(const pim_command&, const BankSizes&) const override { return false; }
  void execute(const BankTask&, std::uint8_t*, std::uint8_t*) const override {}
  std::uint64_t bramBytes(const BankTask&) const override { return 0; }
};

using Table = std::array<const BankOperation*, 256>;

Table makeTable() {
  static const NoBankOperation none;
  Table table{};
  table.fill(&none);
#define PIM_ENTRY(name, value, body) table[value] = &bankOperationOf<value>();
  PIM_BANK_COMMANDS(PIM_ENTRY)
#undef PIM_ENTRY
  return table;
}

}  // namespace

const BankOperation& bankOperation(std::uint8_t opcode) {
  static const Table table = makeTable();
  return *table[opcode];
}

bool isBankOpcode(std::uint8_t opcode) {
  return bankOperation(opcode).unit() != BankUnitKind::None;
}

CommandCheck checkBankCommand(const pim_command& command, std::uint64_t bramBytes, std::uint64_t bmemBytes) {
  if (!isBankOpcode(command.opcode)) return CommandCheck::NotABankCommand;
  const bool accepted =
      command.banks_per_group != 0 && bankOperation(command.opcode).accepts(command, {bramBytes, bmemBytes});
  return accepted ? CommandCheck::Ok : CommandCheck::OutOfRange;
}

void executeBankCommand(const pim_command& command, std::uint32_t bankInDie, std::uint8_t* bmem,
                        std::uint8_t* bram) {
  bankOperation(command.opcode).execute({command, bankInDie}, bmem, bram);
}

}  // namespace pim
