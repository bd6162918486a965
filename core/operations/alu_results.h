#pragma once

#include <cstdint>
#include <vector>

#include "abi/pim_abi.h"

namespace pim {

/// The results of a row as they leave an ALU: how many bytes in each cycle in which its way out moves. A
/// chunk of elements a cycle, whatever their width; the tail of a record (shifts of groups, base exponent,
/// scales of heads, padding) byte by byte; each head begins a chunk of its own, and of an embedding row each
/// group with two cycles for its scale and its zero point.
class AluResults {
 public:
  /// Row `row` of each block. `chunk`: elements of 32 bits that leave at once.
  AluResults(const pim_command& command, std::uint32_t row, std::uint32_t chunk);

  bool empty() const { return m_next == m_runs.size(); }
  /// Bytes of the next cycle.
  std::uint32_t take();

 private:
  struct Run {
    std::uint32_t bytes;   ///< in each cycle
    std::uint32_t cycles;  ///< how many of them
  };

  /// `elements` of `bits`, `chunk` at once.
  void chunks(std::uint32_t elements, std::uint32_t bits, std::uint32_t chunk);
  void add(std::uint32_t bytes, std::uint32_t cycles);
  void records(const pim_command& command, std::uint32_t chunk);
  void heads(const pim_command& command, std::uint32_t chunk);
  void embedding(const pim_alu& alu, std::uint32_t chunk);

  std::vector<Run> m_runs;
  std::size_t m_next = 0;
};

}  // namespace pim
