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

/// A bank command in the form that the bank's units execute: checked, with its streams and times.
struct DecodedCommand {
  pim_command command{};
  CommandCheck check = CommandCheck::NotABankCommand;
  // The following fields are valid for accepted commands: see BankOperation.
  BankUnitKind unit = BankUnitKind::None;
  std::vector<StreamPlan> streams;  ///< the runs of columns, as the cells serve them
  std::uint64_t columns = 0;        ///< of all streams
  std::uint64_t products = 0;
  std::int64_t columnInterval = 0;
  std::int64_t resultCycles = 0;
  std::int64_t softmaxCycles = 0;
  std::uint64_t bramBytes = 0;
};

/// Decodes descriptors. The banks of a die receive the same descriptors one after another, so the last
/// results are stored: a result depends only on the descriptor and on the bank's index among those that share
/// the work.
class BankDecoder {
 public:
  /// `descriptor`: PIM_COMMAND_BYTES bytes; `bankInDie` < 32. The parameters must be the same in every call.
  /// The result is valid until the next call.
  const DecodedCommand& decode(const void* descriptor, std::uint32_t bankInDie, const BankCompute& compute,
                               std::uint64_t bramBytes, const BankTiming& dram);

  /// Returns whether this decoder made the result; other decoders have other parameters.
  bool made(const DecodedCommand& decoded) const {
    const std::less<const DecodedCommand*> before;
    return !before(&decoded, m_last.data()) && before(&decoded, m_last.data() + m_last.size());
  }

 private:
  /// Decodes in place, because there are millions of commands and their streams can reuse the memory of the
  /// last one.
  void decodeAnew(DecodedCommand& decoded, const void* descriptor, std::uint32_t bankInDie,
                  const BankCompute& compute, std::uint64_t bramBytes, const BankTiming& dram);

  static constexpr std::size_t kPlaces = 32;   ///< one per bank of a die
  std::array<DecodedCommand, kPlaces> m_last;  ///< by index in the group of banks
  std::vector<ColumnRun> m_runs;               ///< of the command that is being decoded
};

}  // namespace pim
