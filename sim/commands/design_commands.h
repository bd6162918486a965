#pragma once

#include "sim/cli/command_line.h"

/// The commands that answer design questions with many simulations each. Arguments and status are those of
/// commands.h.
namespace pim::sim {

int sweepCommand(const Arguments& arguments);
int sensitivityCommand(const Arguments& arguments);
int solveCommand(const Arguments& arguments);
int demandsCommand(const Arguments& arguments);

}  // namespace pim::sim
