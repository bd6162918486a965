#pragma once

#include <cstdint>

#include "sw/host/fpga/compiler.h"

namespace pim::host::fpga {

/// Lengths that share the program of the next longer stair.
struct Stairs {
  std::uint32_t prefill{}, decode{};

  static std::uint32_t up(std::uint32_t length, std::uint32_t stair) {
    return (length + stair - 1) / stair * stair;
  }
};

/// What one core's programs of all lengths from 1 to a longest one take: one program for each length, which
/// works on whole blocks of 16 tokens, or one for each stair.
struct ProgramMemory {
  std::uint64_t prefillAll = 0, prefillStairs = 0;
  std::uint64_t decodeAll = 0, decodeStairs = 0;

  std::uint64_t all() const { return prefillAll + decodeAll; }
  std::uint64_t stairs() const { return prefillStairs + decodeStairs; }
  double ratio() const { return static_cast<double>(all()) / static_cast<double>(stairs()); }
};
/// Counts them; stairs are multiples of 16.
ProgramMemory programMemory(const ModelShape& shape, const CompilerOptions& options,
                            const AttentionMask& mask, std::uint32_t longest, const Stairs& stairs);

}  // namespace pim::host::fpga
