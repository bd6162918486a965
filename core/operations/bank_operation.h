#pragma once

#include <cstdint>
#include <vector>

#include "abi/pim_abi.h"
#include "core/operations/bank_cost.h"

namespace pim {

/// Which unit of a bank runs a command.
enum class BankUnitKind : std::uint8_t {
  None,         ///< the sequencer refuses it
  MacArray,     ///< streams columns through the multipliers
  SoftmaxUnit,  ///< works on rows in BRAM
  Cells,        ///< the sequencer streams records into BMEM
  Bram          ///< the sequencer writes BRAM, as the result pass of the RTL does
};

/// Bytes of BRAM.
struct BramSpan {
  std::uint32_t offset = 0;
  std::uint32_t bytes = 0;
};

/// Sizes of a bank's memories, in bytes.
struct BankSizes {
  std::uint64_t bram, bmem;
};

/// A kind of bank command: what it accepts, computes and costs. One file of core/operations/bank defines each
/// of them; bankOperation() finds it by the opcode, and everything else asks there.
///
/// Costs depend on the descriptor and on the bank's place alone, so that they are the same with and without
/// data. Cycles are those of the DRAM clock.
class BankOperation {
 public:
  explicit BankOperation(BankUnitKind unit) : m_unit(unit) {}
  virtual ~BankOperation() = default;

  BankUnitKind unit() const { return m_unit; }

  /// Whether a bank can run the command at all: formats it knows, shapes that are not zero, data that starts
  /// on columns of BMEM and words of BRAM, every byte it touches within the memories. `banks_per_group` is
  /// not 0. The other members, but for sameWork(), are called for accepted commands only.
  virtual bool accepts(const pim_command& command, const BankSizes& sizes) const = 0;

  /// Computes it, on the bank's memories from their first byte; `bmem` may be null where no column is read or
  /// written.
  virtual void execute(const BankTask& task, std::uint8_t* bmem, std::uint8_t* bram) const = 0;
  /// What it leaves in BRAM, vector by vector.
  virtual std::vector<BramSpan> results(const BankTask&) const { return {}; }
  /// Bytes of an element of those.
  virtual std::uint32_t resultBytes(const pim_command&) const { return 4; }
  /// The block of sums that it shrinks to results: what the block holds beyond them is not defined.
  virtual BramSpan shrunkBlock(const pim_command&) const { return {}; }

  /// Appends the runs of columns in the order in which the bank makes them.
  virtual void appendRuns(const BankTask&, std::vector<ColumnRun>&) const {}
  /// Vectors each column is multiplied with; 0 when the MAC array is not used.
  virtual std::uint32_t vectors(const pim_command&) const { return 0; }
  /// Cycles between two columns. A column with codes of several cached tokens is worked on token by token:
  /// the bank finishes one score, weighs one token or stores one record per cycle.
  virtual std::int64_t columnInterval(const BankTask&, const BankCompute&) const { return 0; }
  /// Cycles after the drain for results that no column completes. Asked only where overheads count.
  virtual std::int64_t resultCycles(const BankTask&) const { return 0; }
  /// Cycles of the softmax unit.
  virtual std::int64_t softmaxCycles(const BankTask&, const BankCompute&) const { return 0; }
  /// Whether two banks of the command's banks have as much to do: banks of a head may hold more or fewer
  /// tokens. Takes any descriptor whose `banks_per_group` is not 0.
  virtual bool sameWork(const BankTask&, const BankTask&) const { return true; }

  // What energy is computed from.
  /// 4-bit x 16-bit products with weights or cached codes: what the results are made of, without what the MAC
  /// array does while scales, meta bytes and padding stream through.
  virtual std::uint64_t products(const BankTask&) const { return 0; }
  /// Bytes read from and written to BRAM.
  virtual std::uint64_t bramBytes(const BankTask& task) const = 0;

 private:
  BankUnitKind m_unit;
};

/// Defined by the operation's file, for each opcode of PIM_BANK_COMMANDS.
template <std::uint8_t opcode>
const BankOperation& bankOperationOf();

/// The operation of an opcode; of one that is no bank command, one that accepts nothing.
const BankOperation& bankOperation(std::uint8_t opcode);

/// Whether it is a command for banks.
bool isBankOpcode(std::uint8_t opcode);

enum class CommandCheck { Ok, NotABankCommand, OutOfRange };
/// Whether a bank of these memories can run the command: BankOperation::accepts().
CommandCheck checkBankCommand(const pim_command& command, std::uint64_t bramBytes, std::uint64_t bmemBytes);

/// BankOperation::execute() of a command that has passed checkBankCommand(). `bankInDie` decides which tokens
/// of a head the bank holds.
void executeBankCommand(const pim_command& command, std::uint32_t bankInDie, std::uint8_t* bmem,
                        std::uint8_t* bram);

}  // namespace pim
