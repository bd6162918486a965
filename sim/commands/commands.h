#pragma once

#include "sim/cli/command_line.h"

/// The commands of pimtlm. Each takes the arguments after its name and returns the exit status. Invalid input
/// is a UserError.
namespace pim::sim {

int runCommand(const Arguments& arguments);
int gemvCommand(const Arguments& arguments);
int stepCommand(const Arguments& arguments);
int analyzeCommand(const Arguments& arguments);
int describeCommand(const Arguments& arguments);
int generateCommand(const Arguments& arguments);
int packCommand(const Arguments& arguments);
int perplexityCommand(const Arguments& arguments);
int compareCommand(const Arguments& arguments);

}  // namespace pim::sim
