#pragma once

#include "sim/cli/command_line.h"

/// The commands that answer questions about a design, each with many simulations; otherwise as in commands.h.
namespace pim::sim {

int sweepCommand(const Arguments& arguments);
int sensitivityCommand(const Arguments& arguments);
int solveCommand(const Arguments& arguments);
int demandsCommand(const Arguments& arguments);

}  // namespace pim::sim
