#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace pim::fpga {

// The instruction set of FlightLLM's core, as far as it affects time: the units, the amount that each
// instruction moves or computes, and the tokens by which units wait for each other. Zeng et al., "FlightLLM",
// FPGA 2024, and its published profiler.

/// The six units of a core. Each works through its own instructions in order.
enum class Unit : std::uint8_t { Load, Store, MatrixMatrix, MatrixVector, Misc, System };
constexpr std::size_t kUnits = 6;
/// Returns "LD", "ST", "MM", "MV", "MISC" or "SYS".
const char* unitName(Unit unit);

/// 32-bit words per instruction in the instruction memory, by unit.
constexpr std::array<std::uint32_t, kUnits> kInstructionWords{7, 3, 4, 4, 3, 1};
constexpr std::uint32_t instructionBytes(Unit unit) {
  return 4 * kInstructionWords[static_cast<std::size_t>(unit)];
}

/// A set of units: bit n is the unit with the value n.
class UnitSet {
 public:
  constexpr UnitSet() = default;
  constexpr UnitSet(Unit unit) : m_bits(bit(unit)) {}  // NOLINT(google-explicit-constructor): a set of one
  constexpr bool has(Unit unit) const { return (m_bits & bit(unit)) != 0; }
  constexpr bool empty() const { return m_bits == 0; }
  constexpr std::uint8_t bits() const { return m_bits; }
  static constexpr UnitSet fromBits(unsigned bits) {
    UnitSet set;
    set.m_bits = static_cast<std::uint8_t>(bits & ((1U << kUnits) - 1));
    return set;
  }
  friend constexpr bool operator==(UnitSet a, UnitSet b) { return a.m_bits == b.m_bits; }
  friend constexpr bool operator!=(UnitSet a, UnitSet b) { return !(a == b); }

 private:
  static constexpr std::uint8_t bit(Unit unit) {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(unit));
  }
  std::uint8_t m_bits = 0;
};
constexpr UnitSet operator|(UnitSet a, UnitSet b) {
  return UnitSet::fromBits(static_cast<unsigned>(a.bits()) | b.bits());
}
constexpr UnitSet operator|(Unit a, Unit b) {
  return UnitSet(a) | UnitSet(b);
}

/// The path of LD and ST to the HBM.
enum class Route : std::uint8_t {
  OneChannel,    ///< of the core's own
  AllChannels,   ///< the core's channels in parallel
  CrossChannel,  ///< one channel of another buffer, through the switch
  ZeroFill,      ///< no HBM: zeros written at the width of the buffers
};
constexpr std::size_t kRoutes = 4;
const char* routeName(Route route);

/// The operations of MISC. Each has its rate in elements per cycle, and one or two passes.
enum class MiscOperation : std::uint8_t { Elementwise, Softmax, Norm, Silu };
constexpr std::size_t kMiscOperations = 4;
const char* miscOperationName(MiscOperation operation);

/// The part of the data that an instruction processes. Time does not depend on it.
struct Operand {
  std::uint16_t head = 0;    ///< of attention
  std::uint16_t rows = 1;    ///< tokens of a prefill
  std::uint32_t row = 0;     ///< the first of them
  std::uint32_t output = 0;  ///< the first output
  std::uint32_t outputs = 0;
  std::uint32_t inputBlock = 0;  ///< the first block of 16 inputs
  std::uint32_t inputBlocks = 0;
};

struct Instruction {
  Unit unit{};
  UnitSet waits;              ///< takes the oldest token of each of these units before it starts
  UnitSet releases;           ///< gives a token to each of these units when it ends
  Route route{};              ///< LD, ST
  MiscOperation operation{};  ///< MISC
  /// LD, ST: bytes. MM, MV: multiply-accumulates. MISC: elements. SYS: cycles. It is a fraction if a mean
  /// density of weights replaces the densities of single blocks.
  double amount = 0;
  Operand operand{};  ///< of MM, MV and MISC
};

/// Returns whether the instructions have the same time and tokens, whatever data they process.
bool sameButForData(const Instruction& a, const Instruction& b);

}  // namespace pim::fpga
