#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "abi/pim_abi.h"

namespace pim::cosim {

constexpr std::array<std::uint8_t, 3> kWeightGroups = {32, 64, 128};
constexpr std::array<std::uint8_t, 3> kKvBits = {4, 8, 16};

/// Opcodes of all bank commands.
const std::vector<std::uint8_t>& bankOpcodes();

/// Kind and format of a command that is executed, such as "MAC A16, group 64, zero points" or "PV 4 bits,
/// raw".
std::string bankFormat(const pim_command& command);
/// All of them.
std::vector<std::string> bankFormats();
/// Commands that the model runs and the RTL, which has no room for them, refuses.
std::vector<pim_command> commandsBeyondRtl();

}  // namespace pim::cosim
