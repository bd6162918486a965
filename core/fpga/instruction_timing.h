#pragma once

#include <array>
#include <cstdint>

#include "core/fpga/instruction.h"

namespace pim::fpga {

/// Simulated time of the FPGA's machine: steps of nanoseconds add up by the hundred thousand, so that a whole
/// number of picoseconds would show.
using Femtoseconds = std::int64_t;
constexpr double kSecondsPerFemtosecond = 1e-15;

/// How fast the units of a core are.
struct TimingParameters {
  double clockMhz{};
  double speedup{};                ///< of the whole machine over one core; every time is divided by it
  double channelBytesPerSecond{};  ///< of one HBM channel at its pins
  double efficiencySame{};         ///< share of that which a core gets of its own channels
  double efficiencyCross{};        ///< and of another's
  std::uint32_t loadChannels{};    ///< that a core's A buffer and global buffer load from in parallel
  std::uint32_t bufferBytes{};     ///< that the A buffer takes in a cycle from each of them
  std::uint32_t mmMacs{};          ///< multiply-accumulates per cycle, matrix by matrix
  std::uint32_t mvMacs{};          ///< and matrix by vector
  std::uint32_t eltwiseLanes{};    ///< elements per cycle
  std::uint32_t softmaxLanes{};
  std::uint32_t normLanes{};
  std::uint32_t siluLanes{};
};

/// Time of each instruction: its amount at the rate of what does it.
class InstructionTiming {
 public:
  explicit InstructionTiming(const TimingParameters& parameters);

  Femtoseconds duration(const Instruction& instruction) const {
    return static_cast<Femtoseconds>(instruction.amount * perUnitOf(instruction) + 0.5);
  }

 private:
  double perUnitOf(const Instruction& instruction) const;

  // Femtoseconds per byte, multiply-accumulate, element.
  std::array<double, kRoutes> m_perByte{};
  std::array<double, kMiscOperations> m_perElement{};
  double m_perMmMac;
  double m_perMvMac;
  double m_cycle;
};

inline double InstructionTiming::perUnitOf(const Instruction& instruction) const {
  switch (instruction.unit) {
    case Unit::Load:
    case Unit::Store:
      return m_perByte[static_cast<std::size_t>(instruction.route)];
    case Unit::MatrixMatrix:
      return m_perMmMac;
    case Unit::MatrixVector:
      return m_perMvMac;
    case Unit::Misc:
      return m_perElement[static_cast<std::size_t>(instruction.operation)];
    case Unit::System:
      break;
  }
  return m_cycle;
}

}  // namespace pim::fpga
