#pragma once

#include <cstdint>
#include <vector>

#include "abi/pim_abi.h"
#include "tests/sw/firmware/test_chip.h"

/// docs/commands.md as functions: what each command does to the memories, share by share.
namespace pim::test {

/// A bank of a command: its slot, and its place in the command's groups.
struct Member {
  std::uint32_t slot;
  std::uint32_t group;
  std::uint32_t index;  ///< within the group
};

/// The banks of `die` that a link or bank command addresses.
std::vector<Member> membersOnDie(const pim_command& command, const ChipShape& shape, std::uint32_t die);

void executeOnLink(TestChip& chip, const pim_command& command, std::uint32_t die);
void executeInBank(TestChip& chip, const pim_command& command, const Member& member);
void executeInAlu(TestChip& chip, const pim_command& command);

}  // namespace pim::test
