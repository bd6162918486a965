#pragma once

#include <cstdint>

namespace pim::riscv {

/// What a hart reaches beside its own memories.
class Bus {
 public:
  virtual ~Bus() = default;

  struct Answer {
    bool ok = false;           ///< false: nothing lies there, an access fault
    std::uint32_t value = 0;   ///< of a read
    std::uint64_t cycles = 0;  ///< from the begin of the access to its end
  };

  /// 1, 2 or 4 bytes at an address that is a multiple of that; `cycle`: when the access begins.
  virtual Answer read(std::uint32_t address, std::uint32_t bytes, std::uint64_t cycle) = 0;
  virtual Answer write(std::uint32_t address, std::uint32_t value, std::uint32_t bytes,
                       std::uint64_t cycle) = 0;
};

}  // namespace pim::riscv
