#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "abi/pim_abi.h"
#include "core/dram/bank_timing.h"
#include "core/operations/bank_operation.h"

namespace pim {

/// A bank command as a bank's units work on it: checked, and its work worked out.
struct DecodedCommand {
  pim_command command{};
  CommandCheck check = CommandCheck::NotABankCommand;
  // The rest is meaningful for commands that are Ok: see BankOperation.
  BankUnitKind unit = BankUnitKind::None;
  std::vector<StreamPlan> streams;  ///< the runs of columns, as the cells serve them
  std::uint64_t columns = 0;        ///< of all streams
  std::uint64_t products = 0;
  std::int64_t columnInterval = 0;
  std::int64_t resultCycles = 0;
  std::int64_t softmaxCycles = 0;
  std::uint64_t bramBytes = 0;
};

/// Decodes descriptors. The banks of a die get the same ones, one after the other, so the last are kept: what
/// comes out depends on nothing but the descriptor and the bank's place among those that share its work.
class BankDecoder {
 public:
  /// `descriptor`: PIM_COMMAND_BYTES of them; `bankInDie` < 32. Parameters are the same in every call. The
  /// answer lasts until the next call.
  const DecodedCommand& decode(const void* descriptor, std::uint32_t bankInDie, const BankCompute& compute,
                               std::uint64_t bramBytes, const BankTiming& dram);

  /// Whether an answer is this decoder's: that of another has other parameters.
  bool made(const DecodedCommand& decoded) const {
    const std::less<const DecodedCommand*> before;
    return !before(&decoded, m_last.data()) && before(&decoded, m_last.data() + m_last.size());
  }

 private:
  /// In place, since commands come by the million and their streams find room where those of the last one
  /// were.
  void decodeAnew(DecodedCommand& decoded, const void* descriptor, std::uint32_t bankInDie,
                  const BankCompute& compute, std::uint64_t bramBytes, const BankTiming& dram);

  static constexpr std::size_t kPlaces = 32;   ///< as many as a die has banks
  std::array<DecodedCommand, kPlaces> m_last;  ///< by place in the group of banks
  std::vector<ColumnRun> m_runs;               ///< of the command that is being decoded
};

}  // namespace pim
