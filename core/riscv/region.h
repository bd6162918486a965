#pragma once

#include <cstdint>

namespace pim::riscv {

/// A memory of the core itself: accesses take the time that the cycle table states.
struct Region {
  std::uint32_t base = 0;
  std::uint32_t bytes = 0;
  std::uint8_t* data = nullptr;

  bool holds(std::uint32_t address, std::uint32_t count) const {
    return address - base < bytes && bytes - (address - base) >= count;
  }
  std::uint8_t* at(std::uint32_t address) const { return data + (address - base); }
};

}  // namespace pim::riscv
