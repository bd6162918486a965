#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "abi/pim_abi.h"

namespace pim::cosim {

/// Generates random ALU commands with random shapes, and a memory with operands that reach every case of
/// rounding and saturation.
class AluStimulus {
 public:
  /// Size of the memory that commands address, from address 0.
  static constexpr std::uint32_t kMemoryBytes = 1u << 20;

  AluStimulus(std::uint8_t opcode, std::uint64_t seed) : m_opcode(opcode), m_random(seed) {}

  /// Generates a command and writes its operands to the memory; elements() returns their number.
  pim_command next(std::vector<std::uint8_t>& memory);
  std::uint64_t elements() const { return m_elements; }

 private:
  std::uint32_t pick(std::uint32_t low, std::uint32_t high);
  template <typename T>
  T oneOf(std::initializer_list<T> values) {
    return *(values.begin() + pick(0, static_cast<std::uint32_t>(values.size()) - 1));
  }
  /// Draws a row length. Most rows are short, so that there are many; some exceed a beat of every unit.
  std::uint32_t rowLength();

  void embed(pim_alu& alu);
  void records(pim_command& command);
  void heads(pim_alu& alu);
  void reduce(pim_alu& alu);
  void softmax(pim_alu& alu);
  void sample(pim_alu& alu);
  /// Makes logits with one large value and a tail so small that each of its tokens changes the set that the
  /// nucleus holds.
  void sampleTail(pim_alu& alu);

  /// Writes `count` Q16 values of similar size, with outliers and the limits of the range.
  void q16(std::uint32_t address, std::uint32_t count);
  void store(std::uint32_t address, const void* from, std::uint32_t bytes);
  /// Returns an address with room for `bytes`, a multiple of `unit`, that overlaps no other operand of the
  /// command.
  std::uint32_t room(std::uint32_t bytes, std::uint32_t unit = 4);

  std::uint8_t m_opcode;
  std::mt19937_64 m_random;
  std::vector<std::uint8_t>* m_memory = nullptr;
  std::uint32_t m_free = 0;
  std::uint64_t m_elements = 0;
};

}  // namespace pim::cosim
