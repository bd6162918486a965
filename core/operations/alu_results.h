#pragma once

#include <cstdint>
#include <vector>

#include "abi/pim_abi.h"

namespace pim {

/// The bytes of a row's results that leave an ALU in each cycle in which the output path moves. A chunk of
/// elements leaves per cycle, whatever their width; the end of a record (shifts of groups, base exponent,
/// scales of heads, padding) leaves byte by byte. Each head begins a new chunk. In an embedding row, each
/// group begins one, with two cycles for its scale and its zero point.
class AluResults {
 public:
  /// Row `row` of each block. `chunk`: number of 32-bit elements that leave together.
  AluResults(const pim_command& command, std::uint32_t row, std::uint32_t chunk)
      : AluResults(command, command.opcode, row, chunk) {}
  /// Those of one of the operations that the command consists of.
  AluResults(const pim_command& command, std::uint8_t opcode, std::uint32_t row, std::uint32_t chunk);

  bool empty() const { return m_next == m_runs.size(); }
  /// Returns the bytes of the next cycle.
  std::uint32_t take();

 private:
  struct Run {
    std::uint32_t bytes;   ///< per cycle
    std::uint32_t cycles;  ///< number of such cycles
  };

  /// Adds `elements` of `bits`, `chunk` per cycle.
  void chunks(std::uint32_t elements, std::uint32_t bits, std::uint32_t chunk);
  void add(std::uint32_t bytes, std::uint32_t cycles);
  void records(const pim_command& command, std::uint32_t chunk);
  void heads(const pim_command& command, std::uint32_t chunk);
  void embedding(const pim_alu& alu, std::uint32_t chunk);

  std::vector<Run> m_runs;
  std::size_t m_next = 0;
};

}  // namespace pim
