#pragma once

#include <cstdint>
#include <vector>

#include "abi/pim_abi.h"
#include "core/base/fixed_point.h"

namespace pim {

/// Controller memory for the ALUs: streams of bytes at bus addresses.
class AluMemory {
 public:
  virtual ~AluMemory() = default;
  virtual void read(std::uint32_t address, void* to, std::uint32_t bytes) = 0;
  virtual void write(std::uint32_t address, const void* from, std::uint32_t bytes) = 0;
};

/// Cycles of an ALU operation beyond streaming its operands in and its results out.
struct AluCompute {
  std::uint32_t lanes = 64;  ///< elements per cycle of a pass over the unit's own buffer
  bool latency = true;       ///< count pipeline fill, divides and square roots
};
std::int64_t aluCycles(const pim_alu& alu, std::uint8_t opcode, const AluCompute& compute);
/// Returns the cycles of one row, or of a block of it; `row` counts the rows of all blocks.
std::int64_t aluRowCycles(const pim_alu& alu, std::uint8_t opcode, std::uint32_t row,
                          const AluCompute& compute);
/// Returns the number of elements in a pass over a row.
std::uint32_t aluRowElements(const pim_alu& alu, std::uint8_t opcode, std::uint32_t row);

bool isAluOpcode(std::uint8_t opcode);

/// Returns whether the operation is a norm, which has a gain.
inline bool normalises(std::uint8_t opcode) {
  return opcode == PIM_OP_RMSNORM || opcode == PIM_OP_ADD_RMSNORM;
}

/// Returns whether the firmware reads the result, which must then reach memory even in a timing-only run.
bool answersToken(std::uint8_t opcode);

/// Runs one ALU command (docs/commands.md) on a memory. Reads and writes are the same with and without data,
/// so that time and traffic are the same. Without `compute` nothing is calculated, and ARGMAX and SAMPLE
/// return token 0.
class AluOperation {
 public:
  void run(const pim_command& command, AluMemory& memory, bool compute);

 private:
  void embed(const pim_alu& alu);
  void activations(const pim_command& command);
  void heads(const pim_command& command);
  void add(const pim_alu& alu);
  /// Adds row `row` of the second operand to that of the first, and writes the sum to `address`.
  Q16* addRow(const pim_alu& alu, std::uint32_t row, std::uint32_t address);
  void reduce(const pim_alu& alu);
  void softmax(const pim_alu& alu);
  void argmax(const pim_alu& alu);
  void sample(const pim_alu& alu);

  /// Writes row `row` as activation records [part][tile][row].
  void writeRecords(const pim_command& command, std::uint32_t row, const Q16* values);

  /// Writes `count` blocks of `bytes`, which are contiguous at the source and `stride` apart at the
  /// destination.
  void writeBlocks(std::uint32_t address, std::uint32_t stride, const std::uint8_t* blocks,
                   std::uint32_t count, std::uint32_t bytes);

  template <typename T>
  T* load(std::vector<T>& buffer, std::uint32_t address, std::size_t elements);

  AluMemory* m_memory = nullptr;
  bool m_compute = false;
  // Operand buffers of the unit; they grow to the largest operation once.
  std::vector<Q16> m_a, m_b, m_gain;
  std::vector<std::uint32_t> m_words;
  std::vector<std::int64_t> m_sums;
  std::vector<std::int32_t> m_scores;
  std::vector<std::uint16_t> m_probabilities;
  std::vector<std::uint8_t> m_bytes;
};

}  // namespace pim
