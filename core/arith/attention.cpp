#include "core/arith/attention.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>

#include "abi/pim_layout.h"
#include "core/arith/wide_sums.h"

namespace pim {
namespace {

/// A dot product has factors of 15 bits and at most 2^10 elements: below 2^40. Times a 16-bit multiplier:
/// below 2^56.
ScaledDot scaled(std::int64_t dot, const QueryView& query, const KvView& key, const CacheShape& shape,
                 ScoreScale scale) {
  return {dot * scale.multiplier, scale.shift + 21 - shape.format.bias() - key.shift() - query.exponent()};
}

}  // namespace

void encodeQueryRecord(const Q16* x, std::uint32_t heads, std::uint32_t headDim, std::uint8_t* record) {
  std::memset(record, 0, pim_query_record_bytes(heads, headDim));
  for (std::uint32_t head = 0; head < heads; ++head) {
    const Q16* from = x + std::size_t{head} * headDim;
    std::int64_t largest = 0;
    for (std::uint32_t i = 0; i < headDim; ++i) largest = std::max(largest, magnitude(from[i]));
    int e = 0;
    while (roundShift(largest, e) > 32767) ++e;
    for (std::uint32_t i = 0; i < headDim; ++i)
      storeS16(record + 2 * (head * headDim + i), static_cast<std::int16_t>(roundShift(from[i], e)));
    record[2 * heads * headDim + head] = static_cast<std::uint8_t>(e);
  }
}

ScoreScale scoreScale(std::uint32_t headDim) {
  assert(headDim > 0 && headDim <= kMaxHeadDim);
  // IEEE 754 defines the rounding of sqrt and division, so the result has the same bits on every machine.
  constexpr double kLog2E = 1.4426950408889634;
  double factor = kLog2E / std::sqrt(static_cast<double>(headDim));
  std::uint16_t shift = 0;
  while (factor < 32768.0) {
    factor *= 2;
    ++shift;
  }
  return ScoreScale{static_cast<std::uint16_t>(std::min(65535.0, std::floor(factor + 0.5))), shift};
}

ScaledDot scaledDot(const QueryView& query, const std::uint8_t* region, std::uint32_t token,
                    const CacheShape& shape, ScoreScale scale) {
  assert(shape.headDim <= kMaxHeadDim);
  std::int16_t q[kMaxHeadDim], k[kMaxHeadDim];
  std::memcpy(q, query.mantissas(), std::size_t{shape.headDim} * 2);
  const KvView key = kvCacheView(region, token, shape.headDim, shape.format);
  key.decode(shape.headDim, k);
  return scaled(dotProduct(q, k, shape.headDim), query, key, shape, scale);
}

void scoreRow(const QueryView& query, const std::uint8_t* region, std::uint32_t tokens,
              const CacheShape& shape, ScoreScale scale, std::int32_t* scores) {
  assert(shape.headDim <= kMaxHeadDim);
  std::int16_t q[kMaxHeadDim], k[kMaxHeadDim];
  std::memcpy(q, query.mantissas(), std::size_t{shape.headDim} * 2);
  for (std::uint32_t token = 0; token < tokens; ++token) {
    const KvView key = kvCacheView(region, token, shape.headDim, shape.format);
    key.decode(shape.headDim, k);
    const ScaledDot score = scaled(dotProduct(q, k, shape.headDim), query, key, shape, scale);
    scores[token] = sat32(roundShift(score.product, score.shift));
  }
}

void pvAccumulate(const std::uint16_t* probabilities, const std::uint8_t* region, std::uint32_t tokens,
                  const CacheShape& shape, std::int64_t* sums) {
  assert(shape.headDim <= kMaxHeadDim);
  std::int16_t v[kMaxHeadDim];
  for (std::uint32_t token = 0; token < tokens; ++token) {
    const KvView value = kvCacheView(region, token, shape.headDim, shape.format);
    value.decode(shape.headDim, v);
    // The probabilities of a row add up to 2^17 at most; codes have 15 bits and shifts are at most 15: below
    // 2^47.
    const std::int32_t weight = std::int32_t{probabilities[token]} << value.shift();  // 31 bits
    addWeighted(weight, v, shape.headDim, sums);
  }
}

}  // namespace pim
