#pragma once

#include <cstdint>
#include <vector>

#include "abi/pim_abi.h"

namespace pim {

/// Whether it is a command for banks.
bool isBankOpcode(std::uint8_t opcode);

/// What a bank command computes (docs/commands.md), on the bank's memories: BMEM and BRAM from their first
/// byte; BMEM may be null where no column is read or written. `bankInDie` decides which tokens of a head the
/// bank holds. Commands must have passed checkBankCommand().
void executeBankCommand(const pim_command& command, std::uint32_t bankInDie, std::uint8_t* bmem,
                        std::uint8_t* bram);

/// Bytes of BRAM.
struct BramSpan {
  std::uint32_t offset = 0;
  std::uint32_t bytes = 0;
};
/// What a command leaves in BRAM, vector by vector.
std::vector<BramSpan> bankResults(const pim_command& command, std::uint32_t bankInDie);
/// The block of sums that a command shrinks to results: what it holds beyond them is not defined. Of no bytes
/// for most commands.
BramSpan shrunkBlock(const pim_command& command);

enum class CommandCheck { Ok, NotABankCommand, OutOfRange };
/// Whether a bank can run the command at all: opcode, formats it knows, shapes that are not zero, data that
/// starts on columns of BMEM and words of BRAM, every byte it touches within the memories.
CommandCheck checkBankCommand(const pim_command& command, std::uint64_t bramBytes, std::uint64_t bmemBytes);

}  // namespace pim
