#pragma once

#include <cstdint>

namespace pim::sim {

/// Host time and memory that the simulation took.
struct HostUsage {
  double wallSeconds = 0;
  double cpuSeconds = 0;
  std::uint64_t peakRssBytes = 0;
};

/// Seconds of a monotonic clock.
double hostClock();

/// Measures from the construction to usage().
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
