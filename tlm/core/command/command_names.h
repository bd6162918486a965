#pragma once

#include <cstdint>

namespace pim {

/// How people call an opcode (enum pim_opcode): "MAC", "RMSNORM"; "?" for one that there is not.
const char* opcodeName(std::uint8_t opcode);
/// How people call a step (enum pim_step) of a token's way: "qkv", "attention"; "" for none.
const char* stepName(std::uint8_t step);

}  // namespace pim
