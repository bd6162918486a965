#pragma once

#include <cstdint>

namespace pim::riscv {

/// The memory and devices that a hart reaches through its bus, beside its own memories.
class Bus {
 public:
  virtual ~Bus() = default;

  struct Answer {
    bool ok = false;           ///< false: nothing is mapped there, an access fault
    std::uint32_t value = 0;   ///< the value read
    std::uint64_t cycles = 0;  ///< duration of the access
  };

  /// Accesses 1, 2 or 4 bytes at a multiple of their number. `cycle` is when the access begins.
  virtual Answer read(std::uint32_t address, std::uint32_t bytes, std::uint64_t cycle) = 0;
  virtual Answer write(std::uint32_t address, std::uint32_t value, std::uint32_t bytes,
                       std::uint64_t cycle) = 0;
};

}  // namespace pim::riscv
