#pragma once

#include <cstdint>

#include "core/base/fixed_point.h"

/// K and V of a token and head: codes and one byte of meta, as a record on the link and in the blocks of a
/// bank's cache (abi/pim_layout.h). The same bits either way.
namespace pim {

struct KvFormat {
  std::uint32_t bits = 16;  ///< of a code: 16, 8 or 4

  /// b of docs/numerics.md: value = (code - zero) * 2^(shift + b - 16).
  int bias() const { return bits == 16 ? 0 : bits == 8 ? 2 : 5; }
  int maxShift() const { return bits == 16 ? 12 : 15; }
};

std::uint32_t kvCodeBytes(std::uint32_t headDim, KvFormat format);
std::uint32_t kvRecordBytes(std::uint32_t headDim, KvFormat format);

/// Writes the record of x[headDim]: codes, meta, padding. Returns how many codes were clipped.
std::uint32_t encodeKvRecord(const Q16* x, std::uint32_t headDim, KvFormat format, std::uint8_t* record);

/// Codes and meta of one token, wherever they lie.
class KvView {
 public:
  KvView(const std::uint8_t* codes, std::uint8_t meta, KvFormat format)
      : m_codes(codes), m_meta(meta), m_bits(format.bits) {}

  int shift() const { return m_meta & 15; }
  /// code(i) - zero: |value| <= 32767.
  std::int32_t centred(std::uint32_t i) const {
    if (m_bits == 16) return loadS16(m_codes + 2 * i);
    if (m_bits == 8) return static_cast<std::int8_t>(m_codes[i]);
    return loadNibble(m_codes, i) - (m_meta >> 4);
  }
  /// centred(0), ..., centred(n - 1) at once; n even.
  void decode(std::uint32_t n, std::int16_t* out) const;

 private:
  const std::uint8_t* m_codes;
  std::uint8_t m_meta;
  std::uint32_t m_bits;
};

/// The record as just encoded.
KvView kvRecordView(const std::uint8_t* record, std::uint32_t headDim, KvFormat format);

/// Token `index` of a cache region; indices are the bank's own, from 0.
KvView kvCacheView(const std::uint8_t* region, std::uint32_t index, std::uint32_t headDim, KvFormat format);

/// Writes a record into a cache region as token `index`.
void appendToken(std::uint8_t* region, std::uint32_t index, std::uint32_t headDim, KvFormat format,
                 const std::uint8_t* record);

/// Byte offsets within a region of a token's codes and meta byte: what a STORE writes.
std::uint32_t kvCodeOffset(std::uint32_t index, std::uint32_t headDim, KvFormat format);
std::uint32_t kvMetaOffset(std::uint32_t index, std::uint32_t headDim, KvFormat format);

}  // namespace pim
