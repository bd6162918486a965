#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "abi/pim_abi.h"
#include "core/base/memory_rates.h"
#include "core/operations/alu_operation.h"
#include "core/operations/alu_results.h"

namespace pim {

/// What a command takes in an ALU whose port to Controller memory moves a beat a cycle: half as many elements
/// of 32 bits as the unit has lanes. Told stream by stream, in the order of AluOperation; each is a cycle for
/// its request and then beats, as the memory, the way into the row buffers and the way out of them let them
/// pass:
///
///   memory   a beat is there in the cycle in which the memory has moved it, reads one beat ahead
///   way in   a queue of two beats, from which a chunk a cycle goes to the row buffers; each head, and the
///            codes of an embedding row behind its scales, begins a chunk of its own
///   way out  AluResults, from some cycle of the compute phase on, into another queue of two beats
///
/// Source: rtl_ref/alu, whose cycles these are, one by one; AluCheck compares them.
class AluPort {
 public:
  /// `memory` outlives this; its latency is not the port's.
  AluPort(const pim_command& command, const AluCompute& compute, Clock clock, const MemoryRates& memory);

  void read(std::uint32_t address, std::uint32_t bytes);
  void write(std::uint32_t address, std::uint32_t bytes);

  /// From the edge that takes the command to the one that tells of its end; with what the memory still moves
  /// then, but for the cycle after it.
  std::int64_t cycles() const;

 private:
  using Cycle = std::int64_t;

  /// What the way in cuts a stream into.
  struct Parts {
    std::uint32_t left = 0;      ///< bytes of the stream
    std::uint32_t partLeft = 0;  ///< ... and of its part
    std::uint32_t part = 0;      ///< bytes of each further part
  };

  void takeBeats(std::uint32_t bytes);
  Parts partsOf(std::uint32_t bytes) const;
  bool isWord() const;
  /// A cycle of the way in: what it has a chunk of goes on.
  void cut();
  void compute();
  Cycle firstResult() const;
  void beginRow();
  /// A cycle in which `taken` bytes of the results leave.
  void pass(std::uint32_t taken);

  bool memoryIsReady() const { return m_memoryFree < m_clock.cycles(m_now + 1); }
  void occupyMemory(std::uint32_t bytes);

  const pim_command& m_command;
  AluCompute m_compute;
  Clock m_clock;
  const MemoryRates& m_memory;
  Bandwidth m_rate;       ///< of the memory that the present stream is in
  std::uint32_t m_chunk;  ///< elements
  std::uint32_t m_beat;   ///< bytes

  Cycle m_now = 2;  ///< the edge takes the command, the next cycle brings it to the sequencer
  Picoseconds m_memoryFree = 0;

  std::uint32_t m_row = 0;    ///< of all blocks
  std::uint32_t m_reads = 0;  ///< of the command
  bool m_writing = false;
  Cycle m_prepared = 0;  ///< of the row's compute phase, before its operands came

  Parts m_parts;
  std::uint32_t m_entered = 0;  ///< bytes in the queue of the way in
  Cycle m_lastCut = 0;          ///< with which the row was through

  std::optional<AluResults> m_results;
  std::uint32_t m_leaving = 0;  ///< bytes in the queue of the way out
  Cycle m_firstResult = std::numeric_limits<Cycle>::max();
};

}  // namespace pim
