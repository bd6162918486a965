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

/// Returns the opcodes of all bank commands.
const std::vector<std::uint8_t>& bankOpcodes();

/// Returns kind and format of an executed command, such as "MAC A16, group 64, zero points" or "PV 4 bits,
/// raw".
std::string bankFormat(const pim_command& command);
/// Returns all texts that bankFormat() can return.
std::vector<std::string> bankFormats();
/// Returns the kind of weights of an executed MAC, such as "MAC of 3 bits" or "MAC of 4:16"; empty for other
/// commands.
std::string weightsOf(const pim_command& command);
/// Returns all texts that weightsOf() can return.
std::vector<std::string> bankWeights();
/// Describes the mask of an executed command, such as "first block dropped, last seen, several runs"; empty
/// without a mask.
std::string maskOf(const pim_command& command);
/// Returns all texts that maskOf() can return.
std::vector<std::string> bankMasks();
/// Returns commands that the model executes and the RTL refuses, because the RTL's buffers are too small for
/// them.
std::vector<pim_command> commandsBeyondRtl();

}  // namespace pim::cosim
