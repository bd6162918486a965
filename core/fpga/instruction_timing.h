#pragma once

#include <array>
#include <cstdint>

#include "core/fpga/instruction.h"

namespace pim::fpga {

/// Simulated time of the FPGA's machine. In picoseconds, the rounding of some hundred thousand nanosecond
/// steps would be visible in a sum.
using Femtoseconds = std::int64_t;
constexpr double kSecondsPerFemtosecond = 1e-15;

/// The rates of a core's units.
struct TimingParameters {
  double clockMhz{};
  double speedup{};  ///< speed of the whole machine relative to one core; every time is divided by it
  double channelBytesPerSecond{};  ///< of one HBM channel at its pins
  double efficiencySame{};         ///< share of the bandwidth that a core reaches on its own channels
  double efficiencyCross{};        ///< share that it reaches on channels of other cores
  std::uint32_t loadChannels{};  ///< channels from which a core's A buffer and global buffer load in parallel
  std::uint32_t bufferBytes{};   ///< bytes per cycle that the A buffer accepts from each of them
  std::uint32_t mmMacs{};        ///< multiply-accumulates per cycle, matrix by matrix
  std::uint32_t mvMacs{};        ///< and matrix by vector
  std::uint32_t eltwiseLanes{};  ///< elements per cycle
  std::uint32_t softmaxLanes{};
  std::uint32_t normLanes{};
  std::uint32_t siluLanes{};
};

/// Computes the time of each instruction: its amount at the rate of its unit.
class InstructionTiming {
 public:
  explicit InstructionTiming(const TimingParameters& parameters);

  Femtoseconds duration(const Instruction& instruction) const {
    return static_cast<Femtoseconds>(instruction.amount * perUnitOf(instruction) + 0.5);
  }

 private:
  double perUnitOf(const Instruction& instruction) const;

  // Femtoseconds per byte, multiply-accumulate and element.
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
