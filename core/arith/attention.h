#pragma once

#include <cstdint>

#include "core/base/fixed_point.h"
#include "core/formats/kv_cache.h"

/// Attention of one head over the tokens that one bank holds.
namespace pim {

/// Largest head dimension for which the widths are proved sufficient.
constexpr std::uint32_t kMaxHeadDim = 1024;

/// Writes the record of the query heads that share a KV head: converts x[heads][headDim] to mantissas and one
/// exponent per head.
void encodeQueryRecord(const Q16* x, std::uint32_t heads, std::uint32_t headDim, std::uint8_t* record);

/// One head of a query record: q_i = mantissa(i) * 2^(exponent - 16).
class QueryView {
 public:
  QueryView(const std::uint8_t* record, std::uint32_t heads, std::uint32_t headDim, std::uint32_t head)
      : m_mantissas(record + 2 * head * headDim), m_exponent(record[2 * heads * headDim + head]) {}

  std::int16_t mantissa(std::uint32_t i) const { return loadS16(m_mantissas + 2 * i); }
  const std::uint8_t* mantissas() const { return m_mantissas; }
  int exponent() const { return m_exponent; }

 private:
  const std::uint8_t* m_mantissas;
  std::uint8_t m_exponent;
};

/// log2(e) / sqrt(headDim) = multiplier * 2^-shift, multiplier in 32768..65535.
struct ScoreScale {
  std::uint16_t multiplier;
  std::uint16_t shift;
};
ScoreScale scoreScale(std::uint32_t headDim);

/// Shape of a bank's cache region of one head.
struct CacheShape {
  std::uint32_t headDim;
  KvFormat format;
};

/// The dot product of a query and a cached token times the multiplier of the scale; the score is product *
/// 2^-shift, rounded.
struct ScaledDot {
  std::int64_t product;
  int shift;
};
ScaledDot scaledDot(const QueryView& query, const std::uint8_t* region, std::uint32_t token,
                    const CacheShape& shape, ScoreScale scale);

/// Computes scores[0, tokens) of a query with the first `tokens` tokens of a K region: int32, 11 fraction
/// bits, in powers of 2.
void scoreRow(const QueryView& query, const std::uint8_t* region, std::uint32_t tokens,
              const CacheShape& shape, ScoreScale scale, std::int32_t* scores);

/// Adds probabilities[0, tokens) (Q0.16) x V of the first `tokens` tokens of a region to sums[headDim].
/// Exact, so the sums of several banks can be added.
void pvAccumulate(const std::uint16_t* probabilities, const std::uint8_t* region, std::uint32_t tokens,
                  const CacheShape& shape, std::int64_t* sums);

/// Rounds complete sums to Q16, once.
inline int pvResultShift(KvFormat format) {
  return 16 - format.bias();
}
inline Q16 pvResult(std::int64_t sum, KvFormat format) {
  return sat32(roundShift(sum, pvResultShift(format)));
}

}  // namespace pim
