#pragma once

#include <cstdint>

#include "core/base/fixed_point.h"

/// K and V of a token and head: codes and one meta byte. A record on the link and the blocks of a bank's
/// cache (abi/pim_layout.h) hold the same bits.
namespace pim {

struct KvFormat {
  std::uint32_t bits = 16;  ///< of a code: 16, 8 or 4

  /// b of docs/numerics.md: value = (code - zero) * 2^(shift + b - 16).
  int bias() const { return bits == 16 ? 0 : bits == 8 ? 2 : 5; }
  int maxShift() const { return bits == 16 ? 12 : 15; }
};

std::uint32_t kvCodeBytes(std::uint32_t headDim, KvFormat format);
std::uint32_t kvRecordBytes(std::uint32_t headDim, KvFormat format);

/// Writes the record of x[headDim]: codes, meta byte, padding. Returns the number of codes that were clipped.
std::uint32_t encodeKvRecord(const Q16* x, std::uint32_t headDim, KvFormat format, std::uint8_t* record);

/// Codes and meta byte of one token, in a record or in a cache.
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
  /// Computes centred(0), ..., centred(n - 1) at once; n is even.
  void decode(std::uint32_t n, std::int16_t* out) const;

 private:
  const std::uint8_t* m_codes;
  std::uint8_t m_meta;
  std::uint32_t m_bits;
};

/// Returns a view of a record.
KvView kvRecordView(const std::uint8_t* record, std::uint32_t headDim, KvFormat format);

/// Returns a view of token `index` of a cache region; indices are those of the bank, from 0.
KvView kvCacheView(const std::uint8_t* region, std::uint32_t index, std::uint32_t headDim, KvFormat format);

/// Writes a record into a cache region as token `index`.
void appendToken(std::uint8_t* region, std::uint32_t index, std::uint32_t headDim, KvFormat format,
                 const std::uint8_t* record);

/// Offsets in bytes, within a region, of the codes and the meta byte of a token, which a STORE writes.
std::uint32_t kvCodeOffset(std::uint32_t index, std::uint32_t headDim, KvFormat format);
std::uint32_t kvMetaOffset(std::uint32_t index, std::uint32_t headDim, KvFormat format);

}  // namespace pim
