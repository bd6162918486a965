#pragma once

#include <cstdint>

#include "core/base/time.h"

namespace pim {

/// The two memories of the Controller.
enum class ControllerMemoryKind : std::uint8_t { kCram, kCmem };
constexpr std::size_t kControllerMemories = 2;

/// Bandwidth and latency of the Controller's memories. Each memory has one port,
/// which either reads or writes. Addresses are those of the Controller's bus.
struct MemoryRates {
  Bandwidth cram;
  Bandwidth cmem;
  Picoseconds cmemLatency = 0;  ///< from the request to the first byte that a command reads
  std::uint32_t cmemBase = 0;   ///< CMEM's window; everything else is CRAM's
  std::uint64_t cmemBytes = 0;

  ControllerMemoryKind kindOf(std::uint32_t address) const {
    const bool cmemHolds = address >= cmemBase && address - cmemBase < cmemBytes;
    return cmemHolds ? ControllerMemoryKind::kCmem : ControllerMemoryKind::kCram;
  }
  const Bandwidth& of(ControllerMemoryKind kind) const {
    return kind == ControllerMemoryKind::kCmem ? cmem : cram;
  }
  const Bandwidth& at(std::uint32_t address) const { return of(kindOf(address)); }
  /// Time from a request to its first byte.
  Picoseconds latencyAt(std::uint32_t address) const {
    return kindOf(address) == ControllerMemoryKind::kCmem ? cmemLatency : 0;
  }
};

}  // namespace pim
