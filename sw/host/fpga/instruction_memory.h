#pragma once

#include <cstdint>

#include "sw/host/fpga/compiler.h"

namespace pim::host::fpga {

/// Ranges of lengths, stairs, that share one program: that of the longest length in the range.
struct Stairs {
  std::uint32_t prefill{}, decode{};

  static std::uint32_t up(std::uint32_t length, std::uint32_t stair) {
    return (length + stair - 1) / stair * stair;
  }
};

/// Instruction memory of one core for the programs of all lengths from 1 to a longest one: one program per
/// length, which works on whole blocks of 16 tokens, or one per stair.
struct ProgramMemory {
  std::uint64_t prefillAll = 0, prefillStairs = 0;
  std::uint64_t decodeAll = 0, decodeStairs = 0;

  std::uint64_t all() const { return prefillAll + decodeAll; }
  std::uint64_t stairs() const { return prefillStairs + decodeStairs; }
  double ratio() const { return static_cast<double>(all()) / static_cast<double>(stairs()); }
};
/// Counts the programs and their bytes; stairs are multiples of 16.
ProgramMemory programMemory(const ModelShape& shape, const CompilerOptions& options,
                            const AttentionMask& mask, std::uint32_t longest, const Stairs& stairs);

}  // namespace pim::host::fpga
