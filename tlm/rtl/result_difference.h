#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/operations/bank_operation.h"

namespace pim {

/// The first element in which the results of a bank's RTL differ from those of its model.
struct ResultDifference {
  BramSpan element;      ///< where it lies
  std::string field;     ///< vector and element
  std::string expected;  ///< its number and bytes, and the sum that it was rounded from
  std::string actual;
};

/// A command that RTL and model have run.
struct RanCommand {
  BankTask task;
  const std::uint8_t* bmem;      ///< cells
  const std::uint8_t* before;    ///< BRAM before the command
  const std::uint8_t* modelled;  ///< BRAM of the model
};

/// Compares a part of the command's results. `actual`: the bytes of the span in the RTL.
std::optional<ResultDifference> differenceIn(const BramSpan& span, const RanCommand& command,
                                             const std::uint8_t* actual);

/// Returns bytes in hexadecimal digits, the first byte first.
std::string hexOf(const std::uint8_t* bytes, std::size_t count);

}  // namespace pim
