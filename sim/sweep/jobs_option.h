#pragma once

#include "sim/cli/command_line.h"

namespace pim::sim {

/// The option --jobs: how many simulations run at a time.
class JobsOption {
 public:
  static void addTo(CommandLine& line);

  /// All cores that this process may use, where the line does not say. UserError: not from 1 to 4096.
  static unsigned of(const CommandLine& line);
};

}  // namespace pim::sim
