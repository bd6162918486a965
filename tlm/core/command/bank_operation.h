#pragma once

#include <cstdint>

#include "sw/abi/pim_abi.h"

namespace pim {

/// What a bank command computes (docs/commands.md), on the bank's memories: BMEM and BRAM from their first
/// byte. `bankInDie` decides which tokens of a head the bank holds. Commands must have passed
/// checkBankCommand().

/// MAC, SCORE and PV.
void executeMacCommand(const pim_command& command, std::uint32_t bankInDie, const std::uint8_t* bmem,
                       std::uint8_t* bram);
void executeSoftmaxCommand(const pim_command& command, std::uint32_t bankInDie, std::uint8_t* bram);
void executeStoreCommand(const pim_command& command, std::uint32_t bankInDie, std::uint8_t* bmem,
                         const std::uint8_t* bram);

enum class CommandCheck { Ok, NotABankCommand, OutOfRange };
/// Whether a bank can run the command at all: opcode, formats it knows, shapes that are not zero, data that
/// starts on columns of BMEM and words of BRAM, every byte it touches within the memories.
CommandCheck checkBankCommand(const pim_command& command, std::uint64_t bramBytes, std::uint64_t bmemBytes);

}  // namespace pim
