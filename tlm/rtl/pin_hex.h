#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

#include "tlm/rtl/pin_tape.h"

namespace pim {

/// Returns the value of a pin of a Verilated block for $fscanf's %h: a number, or all digits of a wide pin.
inline std::string pinHex(const void* pin, std::size_t count) {
  if (std::uint64_t value = 0; count <= sizeof value) {
    std::memcpy(&value, pin, count);
    return fmt::format("{:x}", value);
  }
  const auto* bytes = static_cast<const std::uint8_t*>(pin);
  std::string digits;
  for (std::size_t i = count; i-- > 0;) digits += fmt::format("{:02x}", bytes[i]);
  return digits;
}
inline std::string pinHex(const PinTape::Pin& pin) {
  return pinHex(pin.at, pin.bytes);
}
template <typename T>
std::string pinHex(const T& value) {
  return pinHex(&value, sizeof value);
}

}  // namespace pim
