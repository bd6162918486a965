#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace pim {

/// A wide pin of a Verilated block as $fscanf's %h reads it.
template <typename T>
std::string pinHex(const T& value) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(&value);
  std::string digits;
  for (std::size_t i = sizeof value; i-- > 0;) digits += fmt::format("{:02x}", bytes[i]);
  return digits;
}

}  // namespace pim
