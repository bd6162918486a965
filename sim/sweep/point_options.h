#pragma once

#include "sim/cli/command_line.h"
#include "sim/sweep/sweep_plan.h"

namespace pim::sim {

/// The options that say what a point is: those of `pimtlm run`, --decode and --prefill, --map.
class PointOptions {
 public:
  static void addTo(CommandLine& line);

  /// Takes over what the line says; what it does not say stays. UserError: no model, a job that makes no
  /// sense.
  static void apply(const CommandLine& line, SweepPlan& plan);

  /// What --map says, which has to be there. UserError: neither given nor best.
  static MappingChoice mappingOf(const CommandLine& line);
};

}  // namespace pim::sim
