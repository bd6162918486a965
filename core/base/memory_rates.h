#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/base/time.h"

namespace pim {

/// The memories of the Controller: SRAM on the die, DRAM beside it, and an optional DRAM behind pins of the
/// package.
enum class ControllerMemoryKind : std::uint8_t { kCram, kCmem, kExternal };
constexpr std::size_t kControllerMemories = 3;

/// Names in results.
constexpr const char* controllerMemoryName(ControllerMemoryKind kind) {
  constexpr const char* kNames[kControllerMemories] = {"cram", "cmem", "external"};
  return kNames[static_cast<std::size_t>(kind)];
}

/// Bandwidth and latency of the Controller's memories. Each memory has one port,
/// which either reads or writes. Addresses are those of the Controller's bus.
struct MemoryRates {
  struct Rate {
    Bandwidth bandwidth;
    Picoseconds latency = 0;  ///< from the request to the first byte that a command reads
    std::uint32_t base = 0;   ///< window of the memory on the bus
    std::uint64_t bytes = 0;
  };

  std::array<Rate, kControllerMemories> rates{};

  Rate& operator[](ControllerMemoryKind kind) { return rates[static_cast<std::size_t>(kind)]; }
  const Rate& operator[](ControllerMemoryKind kind) const { return rates[static_cast<std::size_t>(kind)]; }

  /// Returns the memory of an address. What lies in no window counts as CRAM.
  ControllerMemoryKind kindOf(std::uint32_t address) const {
    for (const auto kind : {ControllerMemoryKind::kCmem, ControllerMemoryKind::kExternal}) {
      const Rate& rate = (*this)[kind];
      if (address >= rate.base && address - rate.base < rate.bytes) return kind;
    }
    return ControllerMemoryKind::kCram;
  }
  const Bandwidth& of(ControllerMemoryKind kind) const { return (*this)[kind].bandwidth; }
  const Bandwidth& at(std::uint32_t address) const { return of(kindOf(address)); }
  /// Time from a request to its first byte.
  Picoseconds latencyAt(std::uint32_t address) const { return (*this)[kindOf(address)].latency; }
};

}  // namespace pim
