#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "abi/pim_abi.h"

namespace pim::cosim {

constexpr std::array<std::uint8_t, 3> kWeightGroups = {32, 64, 128};
constexpr std::array<std::uint8_t, 3> kKvBits = {4, 8, 16};

struct Weights {
  std::uint8_t bits, sparsity;
};
constexpr std::array<Weights, 7> kWeights = {{{4, 0}, {3, 0}, {5, 0}, {8, 0}, {4, 8}, {4, 4}, {4, 2}}};

/// Opcodes of all bank commands.
const std::vector<std::uint8_t>& bankOpcodes();

/// Kind and format of a command that is executed, such as "MAC A16, group 64, zero points" or "PV 4 bits,
/// raw".
std::string bankFormat(const pim_command& command);
/// All of them.
std::vector<std::string> bankFormats();
/// What the weights of a MAC that is executed are, such as "MAC of 3 bits" or "MAC of 4:16"; else empty.
std::string weightsOf(const pim_command& command);
/// All of them.
std::vector<std::string> bankWeights();
/// What the mask of a command that is executed keeps, such as "first block dropped, last seen, several runs";
/// empty without one.
std::string maskOf(const pim_command& command);
/// All of them.
std::vector<std::string> bankMasks();
/// Commands that the model runs and the RTL, which has no room for them, refuses.
std::vector<pim_command> commandsBeyondRtl();

}  // namespace pim::cosim
