#include "sim/sweep/jobs_option.h"

#include "sim/sweep/fork_pool.h"

namespace pim::sim {

void JobsOption::addTo(CommandLine& line) {
  line.add()("jobs", boost::program_options::value<std::int64_t>(),
             "simulations that run at the same time (default: all cores)");
}

unsigned JobsOption::of(const CommandLine& line) {
  return line.has("jobs") ? line.count("jobs", 1, 4096) : coresAvailable();
}

}  // namespace pim::sim
