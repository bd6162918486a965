#include "sw/host/quantise/stored_codes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <mutex>
#include <vector>

#include "abi/pim_layout.h"
#include "core/base/error.h"
#include "core/base/parallel_for.h"
#include "sw/host/checkpoint/byte_reader.h"
#include "sw/host/checkpoint/half_float.h"
#include "sw/host/checkpoint/mapped_file.h"
#include "sw/host/checkpoint/tensor_format.h"
#include "sw/host/quantise/group_quantizer.h"
#include "sw/host/quantise/stored_blocks.h"

namespace pim::host {
namespace {

constexpr uint32_t kMiddle = 8;  // zero point of Q4_0's codes

float half(const uint8_t* at) {
  return halfToFloat(loadLittle<uint16_t>(at));
}

/// Scale and zero point of one group in the chip's form: the scale is not negative.
struct GroupScale {
  float scale;
  int zero;
  bool complement;  ///< subtract the codes from 15
};

GroupScale positive(float scale, int zero) {
  if (scale < 0.0f) return {-scale, 15 - zero, true};
  return {scale, zero, false};
}

/// Returns the zero point of a Q4_1 block, or -1 if it has none.
int q4_1Zero(float d, float m) {
  if (d == 0.0f) return m == 0.0f ? 8 : -1;
  const float zero = std::floor(-m / d + 0.5f);
  const bool exact = zero >= 0.0f && zero <= 15.0f && zero * d == -m;
  return exact ? static_cast<int>(zero) : -1;
}

/// Returns the scale of the Q4_1 block at `block`.
GroupScale q4_1Scale(const uint8_t* block) {
  const float d = half(block), m = half(block + 2);
  return positive(d, q4_1Zero(d, m));
}

GroupScale groupScale(const TensorView& t, uint64_t row, uint64_t g) {
  if (t.type == TensorType::Q4_1) return q4_1Scale(t.rowData(row) + g * 20);
  const uint64_t stored = t.storedRow(row);
  return positive(t.awq.scale(t.rows, stored, g), static_cast<int>(t.awq.zero(t.rows, stored, g)));
}

[[noreturn]] void refuseScale(const TensorView& t, const std::string& source, uint64_t row, float scale) {
  throw UserError(fmt::format("{}: tensor {}: row {}: a scale is {}, expected a finite number up to 65504",
                              source, t.name, row, scale));
}

/// Scans a row of Q4_0. A 7B model has 200 million of these scales, so they are compared as integers that
/// have the same order.
void scanQ4_0Row(const TensorView& t, const std::string& source, uint64_t row, StoredCodes& found) {
  constexpr uint16_t kSign = 0x8000, kInfinity = 0x7C00;
  const uint8_t* stored = t.rowData(row);
  uint16_t largest = 0;
  bool negative = false;
  for (uint64_t g = 0; g < t.columns / kStoredBlock; ++g) {
    const auto scale = loadLittle<uint16_t>(stored + g * 18);
    largest = std::max(largest, static_cast<uint16_t>(scale & ~kSign));
    negative = negative || scale > kSign;  // excludes the negative zero
  }
  if (largest >= kInfinity) refuseScale(t, source, row, halfToFloat(largest));
  found.needsZeroPoint = found.needsZeroPoint || negative;
  found.largestScale = std::max(found.largestScale, halfToFloat(largest));
}

/// Scans a row of Q5_0 or Q8_0: a scale, then codes around the middle.
void scanMiddleRow(const TensorView& t, const std::string& source, uint64_t row, StoredCodes& found) {
  const uint32_t blockBytes = tensorFormat(t.type).blockBytes;
  for (uint64_t g = 0; g < t.columns / kStoredBlock; ++g) {
    const float scale = half(t.rowData(row) + g * blockBytes);
    if (!std::isfinite(scale)) refuseScale(t, source, row, scale);
    // A negative scale negates the codes, and -128 has no positive counterpart in a byte.
    if (scale < 0.0f && t.type == TensorType::Q8_0) found.exact = false;
    found.needsZeroPoint = found.needsZeroPoint || scale < 0.0f;
    found.largestScale = std::max(found.largestScale, std::fabs(scale));
  }
}

void scanRow(const TensorView& t, const std::string& source, uint64_t row, StoredCodes& found) {
  if (t.type == TensorType::Q5_0 || t.type == TensorType::Q8_0) {
    scanMiddleRow(t, source, row, found);
    return;
  }
  if (t.type == TensorType::Q4_0) {
    scanQ4_0Row(t, source, row, found);
    return;
  }
  const uint64_t groups = t.columns / found.group;
  for (uint64_t g = 0; g < groups; ++g) {
    const GroupScale group = groupScale(t, row, g);
    if (!std::isfinite(group.scale)) refuseScale(t, source, row, group.scale);
    if (t.type == TensorType::Q4_1) {
      const float m = half(t.rowData(row) + g * 20 + 2);
      if (!std::isfinite(m)) refuseScale(t, source, row, m);
      // positive() may have converted the -1 of a block without a zero point to 16.
      if (group.zero < 0 || group.zero > 15) found.exact = false;
    }
    found.needsZeroPoint = found.needsZeroPoint || group.zero != WeightFormat().symmetricZero();
    found.largestScale = std::max(found.largestScale, group.scale);
  }
}

void releaseTensor(const TensorView& tensor) {
  if (!tensor.mapped) return;
  const TensorFormat& format = tensorFormat(tensor.type);
  releaseMapped(tensor.data, tensor.rows * (tensor.columns / format.blockElements * format.blockBytes));
}

class StoredCodeRows : public WeightRows {
 public:
  StoredCodeRows(std::shared_ptr<const Checkpoint> owner, const TensorView& tensor,
                 const WeightFormat& format, int weightExponent)
      : m_owner(std::move(owner)),
        m_tensor(tensor),
        m_format(format),
        m_exponent(weightExponent),
        m_k(static_cast<uint32_t>(tensor.columns)) {}

  const uint8_t* row(uint32_t index, uint8_t* scratch) const override {
    if (index >= m_tensor.rows) {
      writeZeroRow(m_k, m_format, scratch);
    } else if (m_tensor.type == TensorType::Awq4) {
      writeAwq(index, scratch);
    } else if (m_tensor.type == TensorType::Q5_0 || m_tensor.type == TensorType::Q8_0) {
      writeMiddle(index, scratch);
    } else if (m_tensor.type == TensorType::Q4_0) {
      writeBlocks<TensorType::Q4_0>(index, scratch);
    } else {
      writeBlocks<TensorType::Q4_1>(index, scratch);
    }
    return scratch;
  }

  void release() const override { releaseTensor(m_tensor); }

 private:
  void writeScale(const GroupScale& group, uint32_t g, uint8_t* out) const {
    storeU16(out + size_t{2} * g, scaleMantissa(group.scale, m_exponent));
    if (m_format.zeroBits != 0)
      storeNibble(out + size_t{2} * (m_k / m_format.group), g, static_cast<uint8_t>(group.zero));
  }

  static constexpr uint32_t kAtOnce = 64;  // blocks; an even number

  /// Computes the same as writeScale() per block, without a branch: a 7B model has 200 million of them.
  void writeScalesQ4_0(const uint8_t* blocks, uint32_t firstGroup, uint32_t count, uint8_t* out,
                       uint8_t* flips) const {
    uint16_t halves[kAtOnce], mantissas[kAtOnce];
    for (uint32_t i = 0; i < count; ++i) {
      halves[i] = loadLittle<uint16_t>(blocks + size_t{18} * i);
      flips[i] = halves[i] > 0x8000 ? 0xFF : 0;  // negative, but not the negative zero
    }
    halfMantissas(halves, count, m_exponent, mantissas);
    std::memcpy(out + size_t{2} * firstGroup, mantissas, size_t{2} * count);
    if (m_format.zeroBits == 0) return;
    uint8_t* zeros = out + size_t{2} * (m_k / m_format.group) + firstGroup / 2;
    const auto zero = [&](uint32_t i) { return i < count ? (flips[i] != 0 ? 15 - kMiddle : kMiddle) : 0; };
    for (uint32_t i = 0; i < count; i += 2) zeros[i / 2] = static_cast<uint8_t>(zero(i) | zero(i + 1) << 4);
  }

  template <TensorType kType>
  void writeBlocks(uint32_t index, uint8_t* out) const {
    constexpr uint32_t kBlockBytes = kType == TensorType::Q4_0 ? 18 : 20;
    const uint8_t* block = m_tensor.rowData(index);
    const uint32_t rowBytes = weightRowBytes(m_k, m_format);
    const uint32_t codeBytes = m_k / 2;
    // Padding follows the scales and follows the codes.
    uint8_t* codes = out + pim_weight_meta_bytes(m_k, m_format.group, m_format.scaleBits, m_format.zeroBits);
    std::memset(out, 0, static_cast<size_t>(codes - out));
    std::memset(codes + codeBytes, 0, static_cast<size_t>(out + rowBytes - (codes + codeBytes)));
    uint8_t flips[kAtOnce];
    const uint32_t blocks = m_k / kStoredBlock;
    for (uint32_t first = 0; first < blocks; first += kAtOnce) {
      const uint32_t count = std::min(kAtOnce, blocks - first);
      const uint8_t* from = block + size_t{first} * kBlockBytes;
      if constexpr (kType == TensorType::Q4_0) {
        writeScalesQ4_0(from, first, count, out, flips);
      } else {
        for (uint32_t i = 0; i < count; ++i) {
          const GroupScale group = q4_1Scale(from + size_t{i} * kBlockBytes);
          writeScale(group, first + i, out);
          flips[i] = group.complement ? 0xFF : 0;
        }
      }
      repackBlocks(from + kBlockBytes - kStoredBlockCodeBytes, kBlockBytes, flips, count,
                   codes + size_t{first} * kStoredBlockCodeBytes);
    }
  }

  /// Writes a row of Q5_0 or Q8_0.
  void writeMiddle(uint32_t index, uint8_t* out) const {
    const bool isByte = m_tensor.type == TensorType::Q8_0;
    const uint32_t blockBytes = tensorFormat(m_tensor.type).blockBytes, largest = m_format.largestCode();
    const uint32_t middle = m_format.symmetricZero(), blocksOfGroup = m_format.group / kStoredBlock;
    std::vector<uint8_t> codes(m_k), zeros(m_k / m_format.group);
    std::vector<uint16_t> scales(m_k / m_format.group);
    const uint8_t* block = m_tensor.rowData(index);
    for (uint32_t b = 0; b < m_k / kStoredBlock; ++b, block += blockBytes) {
      const float scale = half(block);
      const bool complement = scale < 0.0f;
      scales[b / blocksOfGroup] = scaleMantissa(std::fabs(scale), m_exponent);
      zeros[b / blocksOfGroup] = static_cast<uint8_t>(complement ? largest - middle : middle);
      for (uint32_t i = 0; i < kStoredBlock; ++i) {
        const uint32_t code = isByte ? static_cast<uint32_t>(static_cast<int8_t>(block[2 + i]) + 128)
                                     : fiveBitCode(block + 2, i);
        codes[b * kStoredBlock + i] = static_cast<uint8_t>(complement ? largest - code : code);
      }
    }
    writeWeightRow(codes.data(), zeros.data(), scales.data(), m_k, m_format, out);
  }

  /// Returns a code of Q5_0: 32 fifth bits, then the low nibbles of elements i and i + 16 in byte i.
  static uint32_t fiveBitCode(const uint8_t* at, uint32_t i) {
    const uint32_t low = at[4 + i % 16] >> (i / 16 * 4) & 15u;
    return low | (loadLittle<uint32_t>(at) >> i & 1u) << 4;
  }

  void writeAwq(uint32_t index, uint8_t* out) const {
    std::vector<uint8_t> codes(m_k), zeros(m_k / m_format.group);
    std::vector<uint16_t> scales(m_k / m_format.group);
    const uint64_t stored = m_tensor.storedRow(index);
    for (uint32_t g = 0; g < scales.size(); ++g) {
      const GroupScale group = groupScale(m_tensor, index, uint64_t{g} * m_format.group / m_tensor.awq.group);
      scales[g] = scaleMantissa(group.scale, m_exponent);
      zeros[g] = static_cast<uint8_t>(group.zero);
      for (uint32_t i = g * m_format.group; i < (g + 1) * m_format.group; ++i) {
        const uint32_t code = m_tensor.awq.code(m_tensor.rows, stored, i);
        codes[i] = static_cast<uint8_t>(group.complement ? 15 - code : code);
      }
    }
    writeWeightRow(codes.data(), zeros.data(), scales.data(), m_k, m_format, out);
  }

  std::shared_ptr<const Checkpoint> m_owner;
  TensorView m_tensor;
  WeightFormat m_format;
  int m_exponent;
  uint32_t m_k;
};

}  // namespace

StoredCodes scanStoredCodes(const TensorView& tensor, const std::string& source) {
  StoredCodes initial;
  const bool middle = tensor.type == TensorType::Q5_0 || tensor.type == TensorType::Q8_0;
  const bool blocks = middle || tensor.type == TensorType::Q4_0 || tensor.type == TensorType::Q4_1;
  if (!blocks && tensor.type != TensorType::Awq4) return initial;
  initial.exact = true;
  initial.group = blocks ? kStoredBlock : tensor.awq.group;
  if (middle) initial.bits = tensor.type == TensorType::Q5_0 ? 5 : 8;
  StoredCodes found = initial;
  std::mutex lock;
  parallelForRows(tensor.rows, [&](uint64_t first, uint64_t end) {
    StoredCodes mine = initial;
    for (uint64_t row = first; row < end; ++row) scanRow(tensor, source, row, mine);
    const std::lock_guard<std::mutex> guard(lock);
    found.exact = found.exact && mine.exact;
    found.needsZeroPoint = found.needsZeroPoint || mine.needsZeroPoint;
    found.largestScale = std::max(found.largestScale, mine.largestScale);
  });
  releaseTensor(tensor);
  return found;
}

std::shared_ptr<const WeightRows> storedCodeRows(std::shared_ptr<const Checkpoint> owner,
                                                 const TensorView& tensor, const WeightFormat& format,
                                                 int weightExponent) {
  return std::make_shared<StoredCodeRows>(std::move(owner), tensor, format, weightExponent);
}

}  // namespace pim::host
