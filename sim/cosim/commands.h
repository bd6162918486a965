#pragma once

#include <string>
#include <vector>

#include "sim/cosim/benches.h"

namespace pim::cosim {

/// The benches of pimtlm-cosim. Each takes the arguments after its name and returns the exit status: 0 if RTL
/// and model agree, 1 if they differ. UserError for invalid arguments.
int aluCommand(const std::vector<std::string>& arguments, const Blocks& blocks);
int bankCommand(const std::vector<std::string>& arguments, const Blocks& blocks);
int dieCommand(const std::vector<std::string>& arguments, const Blocks& blocks);
int chipCommand(const std::vector<std::string>& arguments, const Blocks& blocks);

}  // namespace pim::cosim
