#pragma once

#include <cstdint>

#include "sw/abi/pim_abi.h"
#include "tlm/core/time.h"

namespace pim {

/// How long a command's streams keep the ALU's port to Controller memory busy, told stream by stream in the
/// order of AluOperation. Memory sets the pace, unless the unit is slower: half as many elements as it has
/// lanes enter or leave it in a cycle, the tail of a record leaves byte by byte, and each head begins a chunk
/// of its own. What leaves while the unit still computes costs nothing, as far as the port's queue holds it.
///
/// Source: rtl_ref/alu, fitted to its cycles; `pimtlm-cosim alu` holds the two against each other.
class AluPort {
 public:
  AluPort(const pim_command& command, std::uint32_t lanes, Clock clock);

  /// `memory`: what the memory needs for these bytes.
  void read(std::uint32_t bytes, Picoseconds memory);
  void write(std::uint32_t bytes, Picoseconds memory);

  /// Cycles of all streams so far, with the one that takes the command.
  std::int64_t cycles() const;

 private:
  std::int64_t streamCycles(std::uint32_t bytes, Picoseconds memory) const;
  /// Cycles in which the results of row `row` leave the unit, beyond those hidden behind its compute phase.
  std::int64_t leaving(std::uint32_t row) const;
  std::int64_t leavingOfHeads() const;
  void endRow();
  std::int64_t chunks(std::uint64_t elements) const;
  std::uint32_t headsPerBlock() const;

  const pim_command& m_command;
  Clock m_clock;
  std::uint32_t m_chunk;        // elements that enter or leave in a cycle
  std::int64_t m_entering = 0;  // cycles of a row of heads
  std::int64_t m_ended = 0;     // of the rows before
  std::int64_t m_reads = 0;     // of this row
  std::int64_t m_writes = 0;
  std::int64_t m_leavingOfHeads = 0;
  std::uint32_t m_row = 0;
};

}  // namespace pim
