#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "abi/pim_abi.h"
#include "core/base/memory_rates.h"
#include "core/base/time.h"
#include "core/dram/dram_counters.h"
#include "core/lockstep/bank_busy.h"
#include "core/observe/core_work.h"

namespace pim {

/// The components to which simulated time is charged. The first seven are those of the published analysis;
/// Firmware is the time in which the chip waited for the core.
enum class Component : std::uint8_t {
  BankWeights,
  BankKv,
  LinkWeights,
  LinkKv,
  ControllerWeights,
  ControllerKv,
  Latency,
  Firmware,
};
constexpr std::size_t kComponents = 8;
const char* componentName(Component component);

/// Returns the component for work of a kind on a stream.
inline Component bankComponent(std::uint8_t stream) {
  return stream == PIM_STREAM_KV ? Component::BankKv : Component::BankWeights;
}
inline Component linkComponent(std::uint8_t stream) {
  return stream == PIM_STREAM_KV ? Component::LinkKv : Component::LinkWeights;
}
inline Component controllerComponent(std::uint8_t stream) {
  return stream == PIM_STREAM_KV ? Component::ControllerKv : Component::ControllerWeights;
}

/// All counters of the chip. All fields are 64-bit sums, so that the counts of a phase are the difference of
/// two snapshots. counterTable() gives each its name, unit and description.
struct Counters {
  using PerStream = std::array<std::uint64_t, PIM_STREAM_COUNT>;

  /// Busy time by part: the sum over commands of their service time (the longest of the units that serve
  /// them).
  std::array<Picoseconds, kComponents> busy{};
  PerStream bankBytes{};        ///< streamed between a bank's cells and its MAC array or BRAM, all banks
  PerStream linkInBytes{};      ///< Controller to dies, all links (a broadcast counts once per link)
  PerStream linkOutBytes{};     ///< dies to Controller
  PerStream controllerBytes{};  ///< read and written by the ALUs in Controller memory
  std::array<Picoseconds, kControllerMemories> memoryBusy{};  ///< of the ports of its memories
  PerStream messages{};                                       ///< Controller-bank exchanges
  std::uint64_t commands = 0;
  std::uint64_t macOperations = 0;  ///< 4-bit x 16-bit, with weights and cached codes alone, all banks
  Picoseconds bankBusy = 0;         ///< summed over banks
  Picoseconds linkBusy = 0;         ///< summed over links and directions
  Picoseconds controllerBusy = 0;
  Picoseconds macBusy = 0;      ///< time the MAC arrays were needed, summed over banks
  DramCounters dram;            ///< all banks
  std::uint64_t bramBytes = 0;  ///< read and written in the banks' SRAM by commands and transfers
  std::uint64_t dieRamBytes = 0;
  CoreWork core;  ///< of the Controller
  /// Bytes read and written in the Controller's memories: ALU streams, transfers over the links, descriptors.
  std::array<std::uint64_t, kControllerMemories> memoryBytes{};

  std::uint64_t bytesOf(ControllerMemoryKind kind) const {
    return memoryBytes[static_cast<std::size_t>(kind)];
  }

  Counters& operator+=(const Counters& other);
  Counters& operator-=(const Counters& other);
  friend Counters operator+(Counters a, const Counters& b) { return a += b; }
  friend Counters operator-(Counters a, const Counters& b) { return a -= b; }
  friend bool operator==(const Counters& a, const Counters& b);
};

/// Counters of the chip, and each bank's busy time for the utilisation map.
struct Statistics {
  Counters counters;
  BankBusy bankBusy;
};

}  // namespace pim
