#pragma once

#include <cstdint>

namespace pim::sim {

/// What the simulation itself cost.
struct HostUsage {
  double wallSeconds = 0;
  double cpuSeconds = 0;
  std::uint64_t peakRssBytes = 0;
};

/// Seconds of a clock that only goes forward.
double hostClock();

/// Measures from construction to usage().
class HostMeter {
 public:
  HostMeter();
  HostUsage usage() const;
  double begin() const { return m_wallStart; }  ///< by hostClock()

 private:
  double m_wallStart;
  double m_cpuStart;
};

}  // namespace pim::sim
