#include "core/formats/kv_cache.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "abi/pim_layout.h"

namespace pim {
namespace {

/// The range of the values, zero included.
struct Range {
  std::int64_t below;  ///< magnitude of the lowest value
  std::int64_t above;
};

Range rangeOf(const Q16* x, std::uint32_t n) {
  Range range{0, 0};
  for (std::uint32_t i = 0; i < n; ++i) {
    range.below = std::max(range.below, -std::int64_t{x[i]});
    range.above = std::max(range.above, std::int64_t{x[i]});
  }
  return range;
}

std::int64_t zeroPoint(const Range& range, int e) {
  return std::min<std::int64_t>(15, roundShift(range.below, e));
}

bool fits(const Range& range, int e, KvFormat format) {
  if (format.bits == 4)
    return roundShift(range.below, e) <= 15 && roundShift(range.above, e) + zeroPoint(range, e) <= 15;
  return roundShift(std::max(range.below, range.above), e) <= (format.bits == 16 ? 32767 : 127);
}

/// Stores a code. Returns whether it was clipped.
bool storeCode(std::uint8_t* codes, std::uint32_t i, std::int64_t value, std::int64_t zero, KvFormat format) {
  const std::int64_t limit = format.bits == 16 ? 32767 : format.bits == 8 ? 127 : 15;
  const std::int64_t code = value + zero;  // only 4-bit codes have a zero point
  const std::int64_t kept = clampTo(code, format.bits == 4 ? 0 : -limit, limit);
  if (format.bits == 16)
    storeS16(codes + 2 * i, static_cast<std::int16_t>(kept));
  else if (format.bits == 8)
    codes[i] = static_cast<std::uint8_t>(kept);
  else
    storeNibble(codes, i, static_cast<std::uint8_t>(kept));
  return kept != code;
}

}  // namespace

std::uint32_t kvCodeBytes(std::uint32_t headDim, KvFormat format) {
  return headDim * format.bits / 8;
}

std::uint32_t kvRecordBytes(std::uint32_t headDim, KvFormat format) {
  return pim_kv_record_bytes(headDim, format.bits);
}

std::uint32_t encodeKvRecord(const Q16* x, std::uint32_t headDim, KvFormat format, std::uint8_t* record) {
  assert(headDim % 2 == 0 && (format.bits == 16 || format.bits == 8 || format.bits == 4));
  std::memset(record, 0, kvRecordBytes(headDim, format));
  const Range range = rangeOf(x, headDim);
  int shift = 0;
  while (shift < format.maxShift() && !fits(range, shift + format.bias(), format)) ++shift;
  const int e = shift + format.bias();
  const std::int64_t zero = format.bits == 4 ? zeroPoint(range, e) : 0;
  std::uint32_t clipped = 0;
  for (std::uint32_t i = 0; i < headDim; ++i)
    clipped += storeCode(record, i, roundShift(x[i], e), zero, format) ? 1 : 0;
  record[kvCodeBytes(headDim, format)] = static_cast<std::uint8_t>(shift | zero << 4);
  return clipped;
}

void KvView::decode(std::uint32_t n, std::int16_t* out) const {
  if (m_bits == 16) {
    std::memcpy(out, m_codes, std::size_t{n} * 2);
  } else if (m_bits == 8) {
    const auto* codes = reinterpret_cast<const std::int8_t*>(m_codes);
    std::copy(codes, codes + n, out);
  } else {
    const int zero = m_meta >> 4;
    for (std::size_t i = 0; i < n / 2; ++i) {
      out[2 * i] = static_cast<std::int16_t>((m_codes[i] & 15) - zero);
      out[2 * i + 1] = static_cast<std::int16_t>((m_codes[i] >> 4) - zero);
    }
  }
}

KvView kvRecordView(const std::uint8_t* record, std::uint32_t headDim, KvFormat format) {
  return KvView(record, record[kvCodeBytes(headDim, format)], format);
}

std::uint32_t kvCodeOffset(std::uint32_t index, std::uint32_t headDim, KvFormat format) {
  return index / PIM_KV_BLOCK_TOKENS * pim_kv_block_bytes(headDim, format.bits) + PIM_COLUMN_BYTES +
         index % PIM_KV_BLOCK_TOKENS * kvCodeBytes(headDim, format);
}

std::uint32_t kvMetaOffset(std::uint32_t index, std::uint32_t headDim, KvFormat format) {
  return index / PIM_KV_BLOCK_TOKENS * pim_kv_block_bytes(headDim, format.bits) + index % PIM_KV_BLOCK_TOKENS;
}

KvView kvCacheView(const std::uint8_t* region, std::uint32_t index, std::uint32_t headDim, KvFormat format) {
  return KvView(region + kvCodeOffset(index, headDim, format), region[kvMetaOffset(index, headDim, format)],
                format);
}

void appendToken(std::uint8_t* region, std::uint32_t index, std::uint32_t headDim, KvFormat format,
                 const std::uint8_t* record) {
  std::memcpy(region + kvCodeOffset(index, headDim, format), record, kvCodeBytes(headDim, format));
  region[kvMetaOffset(index, headDim, format)] = record[kvCodeBytes(headDim, format)];
}

}  // namespace pim
