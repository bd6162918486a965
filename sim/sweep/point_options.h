#pragma once

#include "sim/cli/command_line.h"
#include "sim/sweep/sweep_plan.h"

namespace pim::sim {

/// The options that define a point: those of `pimtlm run`, --decode and --prefill, --map.
class PointOptions {
 public:
  static void addTo(CommandLine& line);

  /// Applies the options of the command line; options that are absent change nothing. UserError: no model, or
  /// an invalid job.
  static void apply(const CommandLine& line, SweepPlan& plan);

  /// The value of --map, which must be present. UserError: neither given nor best.
  static MappingChoice mappingOf(const CommandLine& line);
};

}  // namespace pim::sim
