#include "tlm/rtl/result_difference.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace pim {
namespace {

/// Returns an element as a number: probabilities (2 bytes) have no sign.
std::int64_t numberOf(const std::uint8_t* bytes, std::uint32_t count) {
  std::uint64_t value = 0;
  std::memcpy(&value, bytes, count);
  const unsigned unused = 64 - 8 * count;
  return count == 2 ? static_cast<std::int64_t>(value) : static_cast<std::int64_t>(value << unused) >> unused;
}

std::string valueOf(const std::uint8_t* bytes, std::uint32_t count) {
  return fmt::format("{} (bytes {})", numberOf(bytes, count), hexOf(bytes, count));
}

}  // namespace

std::string hexOf(const std::uint8_t* bytes, std::size_t count) {
  std::string digits;
  for (std::size_t i = 0; i < count; ++i) digits += fmt::format("{:02x}", bytes[i]);
  return digits;
}

std::optional<ResultDifference> differenceIn(const BramSpan& span, const RanCommand& command,
                                             const std::uint8_t* actual) {
  const std::uint8_t* expected = command.modelled + span.offset;
  const auto byte =
      static_cast<std::uint32_t>(std::mismatch(expected, expected + span.bytes, actual).first - expected);
  if (byte == span.bytes) return std::nullopt;
  const pim_command& descriptor = command.task.command;
  const BankOperation& operation = bankOperation(descriptor.opcode);
  const ResultLayout layout = operation.resultLayout(descriptor);
  const std::uint32_t index = (span.offset + byte - layout.begin) / layout.bytes;
  const std::uint32_t vector = layout.pitch == 0 ? 0 : index / layout.pitch;
  const std::uint32_t element = layout.pitch == 0 ? index : index % layout.pitch;
  const BramSpan place{layout.begin + index * layout.bytes, layout.bytes};
  std::string expectedValue = valueOf(command.modelled + place.offset, layout.bytes);
  if (const auto from = operation.unrounded(command.task, command.bmem, command.before, vector, element))
    expectedValue += fmt::format(" = {} * 2^{} rounded", from->sum, -from->shift);
  return ResultDifference{
      place, fmt::format("vector {}, element {} (BRAM byte {:#x})", vector, element, place.offset),
      expectedValue, valueOf(actual + (place.offset - span.offset), layout.bytes)};
}

}  // namespace pim
