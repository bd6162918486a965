#pragma once

#include "sim/cli/command_line.h"

namespace pim::sim {

/// The option --jobs: number of simulations that run at the same time.
class JobsOption {
 public:
  static void addTo(CommandLine& line);

  /// Default: all cores that this process may use. UserError: not from 1 to 4096.
  static unsigned of(const CommandLine& line);
};

}  // namespace pim::sim
