#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "abi/pim_abi.h"
#include "core/base/memory_rates.h"
#include "core/operations/alu_operation.h"
#include "core/operations/alu_results.h"

namespace pim {

/// Computes the time of a command in an ALU whose port to Controller memory transfers a beat per cycle: half
/// as many 32-bit elements as the unit has lanes. It is called stream by stream, in the order of
/// AluOperation. Each stream takes a cycle for its request and then beats, limited by the memory, the input
/// path to the row buffers and the output path:
///
///   memory   a beat is available in the cycle in which the memory has moved it; reads are one beat ahead
///   input    a queue of two beats, from which one chunk per cycle goes to the row buffers; each head, and
/// the
///            codes of an embedding row after its scales, begin a new chunk
///   output   AluResults, from a cycle of the compute phase on, into another queue of two beats
///
/// A fused command consists of two operations: ADD_RMSNORM writes the row of ADD, then the records of
/// RMSNORM. The unit computes root and quotient of the norm while the sum leaves.
///
/// The cycles are exactly those of rtl_ref/alu; AluCheck compares them.
class AluPort {
 public:
  /// `memory` must outlive the object; its latency is not included.
  AluPort(const pim_command& command, const AluCompute& compute, Clock clock, const MemoryRates& memory);

  void read(std::uint32_t address, std::uint32_t bytes);
  void write(std::uint32_t address, std::uint32_t bytes);

  /// Returns the cycles from the edge that accepts the command to the one that reports its end. Includes the
  /// transfers that the memory still has to make then, except in the last cycle.
  std::int64_t cycles() const;

 private:
  using Cycle = std::int64_t;

  /// The parts into which the input path divides a stream.
  struct Parts {
    std::uint32_t left = 0;      ///< bytes of the stream
    std::uint32_t partLeft = 0;  ///< ... and of its part
    std::uint32_t part = 0;      ///< bytes of each further part
  };

  void takeBeats(std::uint32_t bytes);
  Parts partsOf(std::uint32_t bytes) const;
  bool isWord() const;
  /// Advances the input path by a cycle: a complete chunk goes to the row buffer.
  void cut();
  void compute();
  /// Goes on from the sum of a fused row, which has left, to its norm.
  void computeNorm();
  Cycle firstResult() const;
  /// Cycles of a pass over the row, and those in which its first results become ready.
  Cycle passing() const;
  void beginRow();
  /// Advances by a cycle in which `taken` bytes of the results leave.
  void pass(std::uint32_t taken);

  bool memoryIsReady() const { return m_memoryFree < m_clock.cycles(m_now + 1); }
  void occupyMemory(std::uint32_t bytes);

  const pim_command& m_command;
  AluCompute m_compute;
  Clock m_clock;
  const MemoryRates& m_memory;
  Bandwidth m_rate;       ///< of the memory of the current stream
  std::uint32_t m_chunk;  ///< elements
  std::uint32_t m_beat;   ///< bytes

  Cycle m_now = 2;  ///< one edge accepts the command, the next cycle brings it to the sequencer
  Picoseconds m_memoryFree = 0;

  std::uint8_t m_opcode;      ///< of the command, or which of its operations computes
  std::uint32_t m_row = 0;    ///< of all blocks
  std::uint32_t m_reads = 0;  ///< of the command
  bool m_writing = false;
  Cycle m_prepared = 0;  ///< cycles of the row's compute phase before its operands arrived
  Cycle m_computed = 0;  ///< the cycle in which the row's compute phase began

  Parts m_parts;
  std::uint32_t m_entered = 0;  ///< bytes in the input queue
  Cycle m_lastCut = 0;          ///< the cycle that completed the row

  std::optional<AluResults> m_results;
  std::uint32_t m_leaving = 0;  ///< bytes in the output queue
  Cycle m_firstResult = std::numeric_limits<Cycle>::max();
};

}  // namespace pim
