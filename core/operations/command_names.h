#pragma once

#include <cstdint>
#include <string>

#include "abi/pim_abi.h"

namespace pim {

/// Returns the name of an opcode (enum pim_opcode): "MAC", "RMSNORM"; "?" for an unknown one.
const char* opcodeName(std::uint8_t opcode);
/// Returns a command in one line, with the fields of its body that are not zero.
std::string commandText(const pim_command& command);
/// Returns the name of a step (enum pim_step): "qkv", "attention"; "" for none.
const char* stepName(std::uint8_t step);

}  // namespace pim
