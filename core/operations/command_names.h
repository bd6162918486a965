#pragma once

#include <cstdint>
#include <string>

#include "abi/pim_abi.h"

namespace pim {

/// How people call an opcode (enum pim_opcode): "MAC", "RMSNORM"; "?" for one that there is not.
const char* opcodeName(std::uint8_t opcode);
/// A command in one line, with the fields of its body that are not zero.
std::string commandText(const pim_command& command);
/// How people call a step (enum pim_step) of a token's way: "qkv", "attention"; "" for none.
const char* stepName(std::uint8_t step);

}  // namespace pim
