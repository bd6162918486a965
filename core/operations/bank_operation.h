#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "abi/pim_abi.h"
#include "core/operations/bank_cost.h"

namespace pim {

/// The unit of a bank that runs a command.
enum class BankUnitKind : std::uint8_t {
  None,         ///< the sequencer refuses it
  MacArray,     ///< streams columns through the multipliers
  SoftmaxUnit,  ///< works on rows in BRAM
  Cells,        ///< the sequencer streams records into BMEM
  Bram          ///< the sequencer writes BRAM, as the result pass of the RTL does
};

/// A range of BRAM, in bytes.
struct BramSpan {
  std::uint32_t offset = 0;
  std::uint32_t bytes = 0;
};

/// Where the results of a command lie in BRAM: element e of vector v at begin + (v * pitch + e) * bytes.
struct ResultLayout {
  std::uint32_t begin = 0;  ///< bytes
  std::uint32_t pitch = 0;  ///< elements; 0: no vectors
  std::uint32_t bytes = 4;  ///< of an element
};

/// The exact sum from which an element was rounded: element = sum * 2^-shift, rounded half up, saturated at
/// 32 bits.
struct Unrounded {
  std::int64_t sum;
  int shift;
};

/// Sizes of a bank's memories, in bytes.
struct BankSizes {
  std::uint64_t bram, bmem;
};

/// A kind of bank command: its checks, its computation and its cost. Each has a file of core/operations/bank;
/// bankOperation() returns it for an opcode, and all other code uses that interface.
///
/// Costs depend only on the descriptor and the bank's index, so that they are the same with and without data.
/// Cycles are those of the DRAM clock.
class BankOperation {
 public:
  explicit BankOperation(BankUnitKind unit) : m_unit(unit) {}
  virtual ~BankOperation() = default;

  BankUnitKind unit() const { return m_unit; }

  /// Returns whether a bank can run the command: known formats, sizes above zero, data that begins on columns
  /// of BMEM and words of BRAM, every byte within the memories. `banks_per_group` is not 0. All other members
  /// except sameWork() require an accepted command.
  virtual bool accepts(const pim_command& command, const BankSizes& sizes) const = 0;

  /// Computes the results in the bank's memories; both pointers are to the first byte. `bmem` may be null if
  /// no column is read or written.
  virtual void execute(const BankTask& task, std::uint8_t* bmem, std::uint8_t* bram) const = 0;
  /// Returns the spans of its results in BRAM, vector by vector.
  virtual std::vector<BramSpan> results(const BankTask&) const { return {}; }
  /// Returns where the elements of the results lie.
  virtual ResultLayout resultLayout(const pim_command&) const { return {}; }
  /// Returns the sum behind an element of the results, to explain a difference; nothing if none was rounded.
  /// `bram`: as it was before the command.
  virtual std::optional<Unrounded> unrounded(const BankTask&, const std::uint8_t* /*bmem*/,
                                             const std::uint8_t* /*bram*/, std::uint32_t /*vector*/,
                                             std::uint32_t /*element*/) const {
    return std::nullopt;
  }
  /// Returns the block of sums that is reduced to results. The contents of the block beyond the results are
  /// undefined.
  virtual BramSpan shrunkBlock(const pim_command&) const { return {}; }

  /// Appends the runs of columns in the order in which the bank processes them.
  virtual void appendRuns(const BankTask&, std::vector<ColumnRun>&) const {}
  /// Returns the number of vectors by which each column is multiplied; 0 if the MAC array is not used.
  virtual std::uint32_t vectors(const pim_command&) const { return 0; }
  /// Returns the cycles between two columns. In a column with codes of several cached tokens, the bank
  /// finishes one score, weights one token or stores one record per cycle.
  virtual std::int64_t columnInterval(const BankTask&, const BankCompute&) const { return 0; }
  /// Returns the cycles after the drain for results that no column completes. Used only if overheads count.
  virtual std::int64_t resultCycles(const BankTask&) const { return 0; }
  /// Returns the cycles of the softmax unit.
  virtual std::int64_t softmaxCycles(const BankTask&, const BankCompute&) const { return 0; }
  /// Returns whether two of the command's banks have the same work; banks of a head may hold different
  /// numbers of tokens. Accepts any descriptor whose `banks_per_group` is not 0.
  virtual bool sameWork(const BankTask&, const BankTask&) const { return true; }

  // For energy.
  /// Returns the number of 4-bit x 16-bit products with weights or cached codes. Does not count the cycles in
  /// which scales, meta bytes and padding pass through the MAC array.
  virtual std::uint64_t products(const BankTask&) const { return 0; }
  /// Returns the bytes read from and written to BRAM.
  virtual std::uint64_t bramBytes(const BankTask& task) const = 0;

 private:
  BankUnitKind m_unit;
};

/// Returns the operation of an opcode. The operation's file defines it, for each opcode of PIM_BANK_COMMANDS.
template <std::uint8_t opcode>
const BankOperation& bankOperationOf();

/// Returns the operation of an opcode; for an opcode that is not a bank command, one that accepts nothing.
const BankOperation& bankOperation(std::uint8_t opcode);

/// Returns whether the opcode is a bank command.
bool isBankOpcode(std::uint8_t opcode);

enum class CommandCheck { Ok, NotABankCommand, OutOfRange };
/// Returns whether a bank with these memories can run the command: BankOperation::accepts().
CommandCheck checkBankCommand(const pim_command& command, std::uint64_t bramBytes, std::uint64_t bmemBytes);

/// Calls BankOperation::execute() for a command that has passed checkBankCommand(). `bankInDie` determines
/// the tokens of a head in the bank.
void executeBankCommand(const pim_command& command, std::uint32_t bankInDie, std::uint8_t* bmem,
                        std::uint8_t* bram);

}  // namespace pim
