#include "tlm/core/arith/mac.h"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace pim {
namespace {

// Widths: |q - z| <= 15, |m| <= 2^15, a group of 2^7: a group's dot is below 15 * 2^22 < 2^26 and fits 32
// bits. Times a scale below 2^16 and a shift up to 2^12: below 2^54 a group of 128 (2^52 of 32), and K =
// 65536 has 2^9 (2^11) of them: below 2^63.
static_assert(std::int64_t{15} * 32768 * kMaxGroup < (std::int64_t{1} << 26), "a group's dot fits 32 bits");
static_assert((Int128{15} * 32768 * kMaxK * 65535 << kMaxActivationShift) < (Int128{1} << 63),
              "a row's sum fits 64 bits");

/// Records of a block that are worked on together: their sums stay in registers while a group of weights is
/// decoded once for all of them.
constexpr std::uint32_t kVectorTile = 8;

void decodeGroup(const std::uint8_t* codes, std::int16_t zero, std::size_t group, std::int16_t* weights) {
  for (std::size_t i = 0; i < group / 2; ++i) {
    weights[2 * i] = static_cast<std::int16_t>((codes[i] & 15) - zero);
    weights[2 * i + 1] = static_cast<std::int16_t>((codes[i] >> 4) - zero);
  }
}

/// Every group is a whole number of these: loops of a constant length become straight vector code.
constexpr std::size_t kStep = 32;

std::int32_t dot16(const std::int16_t* weights, const std::uint8_t* mantissas, std::size_t group) {
  std::int32_t sum = 0;
  for (std::size_t first = 0; first < group; first += kStep) {
    std::int16_t m[kStep];
    std::memcpy(m, mantissas + 2 * first, sizeof m);
    for (std::size_t i = 0; i < kStep; ++i) sum += weights[first + i] * m[i];
  }
  return sum;
}

std::int32_t dot8(const std::int16_t* weights, const std::uint8_t* mantissas, std::size_t group) {
  std::int32_t sum = 0;
  for (std::size_t first = 0; first < group; first += kStep) {
    std::int8_t m[kStep];
    std::memcpy(m, mantissas + first, sizeof m);
    for (std::size_t i = 0; i < kStep; ++i) sum += weights[first + i] * m[i];
  }
  return sum;
}

std::int64_t scaled(std::int32_t dot, std::uint16_t scale, int shift) {
  return dot * (std::int64_t{scale} << shift);
}

}  // namespace

std::int64_t macRow(const WeightRowView& weights, const ActivationView& activation) {
  assert(weights.k() == activation.k() && weights.group() == activation.group() && weights.k() <= kMaxK);
  std::int64_t sum = 0;
  for (std::uint32_t g = 0; g < weights.groups(); ++g) {
    std::int32_t dot = 0;
    for (std::uint32_t i = g * weights.group(); i < (g + 1) * weights.group(); ++i)
      dot += (weights.code(i) - weights.zero(g)) * activation.mantissa(i);
    assert(activation.shift(g) <= kMaxActivationShift);
    sum += scaled(dot, weights.scale(g), activation.shift(g));
  }
  return sum;
}

void macBlock(const MacBlock& block, const std::uint8_t* weightRows, const std::uint8_t* records,
              std::int64_t* sums, std::uint32_t pitch) {
  assert(block.k <= kMaxK && block.k % block.format.group == 0 && pitch >= block.rows);
  const ActivationFormat activation{block.format.group, block.activationBits};
  const std::uint32_t group = block.format.group;
  const std::uint32_t rowBytes = weightRowBytes(block.k, block.format);
  const std::uint32_t recordBytes = activationRecordBytes(block.k, activation);
  const std::uint32_t mantissaBytes = block.activationBits / 8;
  const std::uint32_t shiftOffset = block.k * mantissaBytes;
  alignas(64) std::int16_t decoded[kMaxGroup];

  for (std::uint32_t row = 0; row < block.rows; ++row) {
    const WeightRowView weights(weightRows + std::size_t{row} * rowBytes, block.k, block.format);
    for (std::uint32_t first = 0; first < block.vectors; first += kVectorTile) {
      const std::uint32_t count = std::min(kVectorTile, block.vectors - first);
      const std::uint8_t* tile = records + std::size_t{first} * recordBytes;
      std::int64_t partial[kVectorTile] = {};
      for (std::uint32_t g = 0; g < weights.groups(); ++g) {
        decodeGroup(weights.codes() + g * group / 2, weights.zero(g), group, decoded);
        const std::uint16_t scale = weights.scale(g);
        for (std::uint32_t v = 0; v < count; ++v) {
          const std::uint8_t* record = tile + std::size_t{v} * recordBytes;
          const std::uint8_t* mantissas = record + g * group * mantissaBytes;
          const std::int32_t dot =
              block.activationBits == 16 ? dot16(decoded, mantissas, group) : dot8(decoded, mantissas, group);
          partial[v] += scaled(dot, scale, record[shiftOffset + g]);
        }
      }
      for (std::uint32_t v = 0; v < count; ++v) sums[std::size_t{first + v} * pitch + row] += partial[v];
    }
  }
}

}  // namespace pim
