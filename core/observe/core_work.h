#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/base/time.h"

namespace pim {

/// The causes of waits of the Controller's core while it is awake.
enum class CoreStall : std::uint8_t {
  Memory,     ///< accesses of the Controller's memories and of the dies
  Registers,  ///< accesses of registers
};
constexpr std::size_t kCoreStalls = 2;
const char* coreStallName(CoreStall stall);

/// The work of the Controller's core. All fields are sums.
struct CoreWork {
  std::uint64_t instructions = 0;  ///< retired, if the core counts them
  std::uint64_t cycles = 0;        ///< awake, stalls included
  std::array<std::uint64_t, kCoreStalls> stallCycles{};
  Picoseconds asleep = 0;

  std::uint64_t& stall(CoreStall of) { return stallCycles[static_cast<std::size_t>(of)]; }

  CoreWork& operator+=(const CoreWork& other);
  CoreWork& operator-=(const CoreWork& other);
  friend bool operator==(const CoreWork& a, const CoreWork& b);
};

}  // namespace pim
