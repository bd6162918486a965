// The common part of the loops over steps and over tiles: vectors of codes and of products. Included once per
// instruction set (core/arith/mac_block.cpp).

#if defined(PIM_MAC_LANES_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef PIM_MAC_LANES_INL
#undef PIM_MAC_LANES_INL
#else
#define PIM_MAC_LANES_INL
#endif

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>

#include "core/arith/mac_arranged.h"
#include "core/arith/wide_sums.h"

#if HWY_TARGET == HWY_AVX3_DL && HWY_MAJOR == 1 && HWY_MINOR == 0 && HWY_PATCH <= 3
// Highway 1.0.3 names only the 256-bit form of the feature, but tests the machine for this one.
#undef HWY_TARGET_STR
#define HWY_TARGET_STR \
  HWY_TARGET_STR_AVX3  \
  ",vpclmulqdq,avx512vbmi,avx512vbmi2,vaes,avxvnni,avx512bitalg,avx512vpopcntdq,avx512vnni"
#endif

HWY_BEFORE_NAMESPACE();
namespace pim {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// A row is divided into quarters. A quarter is the codes that fill a vector; each of its 128-bit blocks holds
// the 32 codes of a chunk, which never crosses a group.
using Dots = hn::ScalableTag<std::int32_t>;
using Words = hn::ScalableTag<std::uint32_t>;
using Halves = hn::ScalableTag<std::int16_t>;
using Sums = hn::ScalableTag<std::int64_t>;
using VDots = hn::Vec<Dots>;
using VWords = hn::Vec<Words>;
using VHalves = hn::Vec<Halves>;
using VSums = hn::Vec<Sums>;

constexpr std::size_t kLanes = hn::MaxLanes(Dots());
constexpr std::size_t kBlocks = kLanes / 4;  // of 128 bits: chunks of a quarter
constexpr std::size_t kQuarterBytes = 4 * kLanes;
constexpr std::size_t kQuarterCodes = 2 * kQuarterBytes;

/// Sums of products of adjacent elements. Some instruction sets keep them in two vectors; total() adds them
/// to one.
struct PairSums {
  VDots first, second;

  HWY_INLINE PairSums() : first(Zero(Dots())), second(Zero(Dots())) {}
  HWY_INLINE void add(VHalves a, VHalves b) {
#if HWY_TARGET == HWY_AVX3_DL
    first = VDots{_mm512_dpwssd_epi32(first.raw, a.raw, b.raw)};
#else
    first = ReorderWidenMulAccumulate(Dots(), a, b, first, second);
#endif
  }
  HWY_INLINE VDots total() const {
    return RearrangeToOddPlusEven(first, second);
  }
};

/// Decodes the codes of a quarter: every fourth code goes to the same vector, as LoadInterleaved4 distributes
/// mantissas.
HWY_INLINE void decodeQuarter(const std::uint8_t* bytes, VHalves* codes) {
  const hn::Repartition<std::uint8_t, Halves> u8;
  const hn::RebindToUnsigned<Halves> u16;
  const Halves h;
  const auto packed = BitCast(u16, LoadU(u8, bytes));
  const auto nibble = Set(u16, std::uint16_t{15});
  codes[0] = BitCast(h, And(packed, nibble));
  codes[1] = BitCast(h, And(hn::ShiftRight<4>(packed), nibble));
  codes[2] = BitCast(h, And(hn::ShiftRight<8>(packed), nibble));
  codes[3] = BitCast(h, hn::ShiftRight<12>(packed));
}

HWY_INLINE VDots oddLanes(VDots v) {
  const hn::Repartition<std::uint64_t, Dots> pairs;
  return BitCast(Dots(), hn::ShiftRight<32>(BitCast(pairs, v)));
}

/// Computes sums + dots * factors; each sum is that of two adjacent elements. Factors have 28 bits.
HWY_INLINE VSums addScaled(VSums sums, VDots dots, VWords factors) {
  const VDots by = BitCast(Dots(), factors);
  return Add(sums, Add(MulEven(dots, by), MulEven(oddLanes(dots), oddLanes(by))));
}

HWY_INLINE std::int64_t total(VSums sums) {
  return GetLane(SumOfLanes(Sums(), sums));
}

/// Prefetches bytes that are read once, without displacing data in the caches that is needed again.
HWY_INLINE void announce(const std::uint8_t* first, std::size_t bytes) {
  constexpr std::size_t kLine = 64;
  for (std::size_t at = 0; at < bytes; at += kLine) __builtin_prefetch(first + at, 0, 0);
}

/// Reads a row of weights: `kSpan` bytes of codes at a time, and the scales and zero points of its chunks.
template <std::size_t kSpan>
class RowReader {
 public:
  RowReader(const MacBlock& block, const std::uint8_t* rows)
      : m_end(rows + std::size_t{block.rows} * weightRowBytes(block.k, block.format)),
        m_k(block.k),
        m_groups(block.k / block.format.group),
        m_hasZeros(block.format.zeroBits != 0),
        m_codesAt(WeightRowView(rows, block.k, block.format).codes() - rows) {
    while (kChunk << m_chunksShift < block.format.group) ++m_chunksShift;
    // In a row with zero points, an incomplete vector of them continues with the bytes that follow.
    const std::size_t kept = m_hasZeros ? m_groups / 32 * 32 : 0;
    std::memset(m_zeros + kept, block.format.symmetricZero(), m_groups + kBehind - kept);
  }

  /// Opens chunks [firstChunk, endChunk) of a row.
  void open(const std::uint8_t* row, std::size_t firstChunk, std::size_t endChunk) {
    m_row = row;
    if (m_hasZeros) expandZeros(groupOf(firstChunk), std::min(groupOf(endChunk) + 1, m_groups));
  }

  /// Returns bytes [first, first + kSpan) of the codes. Bytes beyond the codes have any value: they are
  /// multiplied by mantissas of zero.
  const std::uint8_t* codes(std::size_t first) {
    const std::uint8_t* from = m_row + m_codesAt + first;
    if (m_end - from >= static_cast<std::ptrdiff_t>(kSpan)) return from;
    std::memset(m_last, 0, sizeof m_last);
    std::memcpy(m_last, from, m_k / 2 - first);
    return m_last;
  }
  /// Returns the scales from that of `group` on, two bytes each. Zero points and codes follow the last scale,
  /// so a vector that begins with a scale of the row stays within the row.
  const std::uint8_t* scales(std::size_t group) const { return m_row + 2 * group; }
  const std::uint8_t* zeros(std::size_t group) const { return m_zeros + group; }
  std::size_t metaBytes() const { return static_cast<std::size_t>(m_codesAt); }  ///< before the codes
  std::size_t groupOf(std::size_t chunk) const { return chunk >> m_chunksShift; }
  unsigned chunksShift() const { return m_chunksShift; }

 private:
  static constexpr std::size_t kBehind = 64;  // zero points that a vector may read beyond the last

  void expandZeros(std::size_t firstGroup, std::size_t endGroup) {
    const hn::CappedTag<std::uint8_t, 16> bytes;
    const auto nibble = Set(bytes, std::uint8_t{15});
    const std::size_t begin = firstGroup / 32 * 32;
    const std::uint8_t* packed = m_row + 2 * m_groups + begin / 2;
    for (std::size_t g = begin; g < endGroup; g += 32, packed += 16) {
      const auto both = LoadU(bytes, packed);  // reads beyond the zero points, but not beyond the codes
      const auto low = And(both, nibble), high = hn::ShiftRight<4>(both);
      StoreU(InterleaveLower(bytes, low, high), bytes, m_zeros + g);
      StoreU(InterleaveUpper(bytes, low, high), bytes, m_zeros + g + 16);
    }
  }

  const std::uint8_t* m_end;  // of the rows
  std::size_t m_k, m_groups;
  bool m_hasZeros;
  std::ptrdiff_t m_codesAt;
  unsigned m_chunksShift = 0;  // a group has 2^this chunks
  const std::uint8_t* m_row = nullptr;
  std::uint8_t m_zeros[kMaxK / kChunk + kBehind];
  std::uint8_t m_last[kSpan];
};

}  // namespace HWY_NAMESPACE
}  // namespace pim
HWY_AFTER_NAMESPACE();

#endif
