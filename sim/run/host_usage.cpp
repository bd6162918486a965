#include "sim/run/host_usage.h"

#include <sys/resource.h>
#include <time.h>

namespace pim::sim {
namespace {

double clockSeconds(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

}  // namespace

double hostClock() {
  return clockSeconds(CLOCK_MONOTONIC);
}

HostMeter::HostMeter() : m_wallStart(hostClock()), m_cpuStart(clockSeconds(CLOCK_PROCESS_CPUTIME_ID)) {}

HostUsage HostMeter::usage() const {
  HostUsage usage;
  usage.wallSeconds = hostClock() - m_wallStart;
  usage.cpuSeconds = clockSeconds(CLOCK_PROCESS_CPUTIME_ID) - m_cpuStart;
  rusage resources{};
  getrusage(RUSAGE_SELF, &resources);
  usage.peakRssBytes = static_cast<std::uint64_t>(resources.ru_maxrss) * 1024;
  return usage;
}

}  // namespace pim::sim
