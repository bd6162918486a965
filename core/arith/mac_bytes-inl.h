// Loop for rows of other codes than dense 4-bit ones: each row is unpacked once, to a byte per code. Included
// once per instruction set (core/arith/mac_block.cpp).

#if defined(PIM_MAC_BYTES_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef PIM_MAC_BYTES_INL
#undef PIM_MAC_BYTES_INL
#else
#define PIM_MAC_BYTES_INL
#endif

#include "core/arith/mac_steps-inl.h"
#include "core/formats/sparse_block.h"

HWY_BEFORE_NAMESPACE();
namespace pim {
namespace HWY_NAMESPACE {

// A vector of codes has a half chunk, 16 codes, in each 128-bit block. Four vectors are a step of bytes. It
// has as many half chunks as a vector has 32-bit lanes; their dot products appear in step order
// (mac_steps-inl.h).
//
// Mantissas: [vector][step][vector of codes][lower or upper half of each block][lane]; sums of a half chunk's
// mantissas and shifts: [vector][step][lane], in step order.
constexpr std::uint32_t kVectorCodes = 4 * kLanes;
constexpr std::uint32_t kByteStepCodes = 4 * kVectorCodes;
static_assert(kLargestStep % kByteStepCodes == 0, "records are padded to whole steps");

inline void arrangeForBytes(const ActivationView& record, const ArrangedInputs& inputs,
                            std::uint32_t vector) {
  for (std::uint32_t first = 0; first < record.k(); first += kByteStepCodes) {
    const std::size_t at = std::size_t{vector} * inputs.padded + first;
    for (std::uint32_t code = 0; code < kByteStepCodes; code += 8) {
      const std::uint32_t half = code / 8 % 2, block = code / 16 % kBlocks, ofCodes = code / kVectorCodes;
      std::int16_t* to = inputs.mantissas + at + ofCodes * kVectorCodes + half * 2 * kLanes + block * 8;
      std::memcpy(to, inputs.inOrder + first + code, 8 * sizeof *to);
    }
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const std::size_t code = first + chunkOfLane(lane) * kHalfChunk;
      const std::int16_t* mantissas = inputs.inOrder + code;
      inputs.chunkSums[at / kHalfChunk + lane] = std::accumulate(mantissas, mantissas + kHalfChunk, 0);
      inputs.shifts[at / kHalfChunk + lane] = shiftAt(record, code);
    }
  }
}

/// Unpacks codes of kBits bits to bytes. A 64-bit lane unpacks eight codes, which are kBits bytes.
template <int kBits>
class Unpacker {
 public:
  static constexpr std::size_t kPacked = kVectorCodes * kBits / 8;  ///< bytes of a vector of codes

  Unpacker() {
    std::int32_t words[kLanes];
    std::uint8_t bytes[4 * kLanes];
    for (std::size_t block = 0; block < kBlocks; ++block) {
      const std::size_t first = 2 * kBits * block;  // byte
      for (std::size_t i = 0; i < 4; ++i)
        words[4 * block + i] = static_cast<std::int32_t>(std::min(first / 4 + i, kLanes - 1));
      for (std::size_t i = 0; i < 16; ++i) {
        const std::size_t byte = first % 4 + i / 8 * kBits + i % 8;
        bytes[16 * block + i] = i % 8 < kBits ? static_cast<std::uint8_t>(byte) : std::uint8_t{0x80};
      }
    }
    m_words = SetTableIndices(Dots(), words);
    m_bytes = LoadU(Bytes(), bytes);
    for (std::size_t i = 0; i < sizeof bytes; ++i) bytes[i] = static_cast<std::uint8_t>(i % 8 * kBits);
    m_shifts = LoadU(Bytes(), bytes);
  }

  /// Unpacks a vector of codes; reads a whole vector of bytes.
  HWY_INLINE void unpack(const std::uint8_t* packed, std::uint8_t* codes) const {
    const auto blocks = TableLookupLanes(BitCast(Dots(), LoadU(Bytes(), packed)), m_words);
    const auto eights = BitCast(Eights(), TableLookupBytesOr0(BitCast(Bytes(), blocks), m_bytes));
#if HWY_TARGET == HWY_AVX3_DL
    const auto shifted = decltype(eights){_mm512_multishift_epi64_epi8(m_shifts.raw, eights.raw)};
    Store(And(BitCast(Bytes(), shifted), Set(Bytes(), std::uint8_t{(1u << kBits) - 1})), Bytes(), codes);
#else
    const auto fours = split<32, 4>(eights);
    const auto twos = split<16, 2>(fours);
    Store(BitCast(Bytes(), split<8, 1>(twos)), Bytes(), codes);
#endif
  }

 private:
  using Bytes = hn::Repartition<std::uint8_t, Dots>;
  using Eights = hn::Repartition<std::uint64_t, Dots>;

  /// Of each 2 * kCodes adjacent codes, moves the second half to the next kWidth bits.
  template <int kWidth, int kCodes>
  static HWY_INLINE hn::Vec<Eights> split(hn::Vec<Eights> both) {
    std::uint64_t mask = 0;
    for (int at = 0; at < 64; at += 2 * kWidth) mask |= ((std::uint64_t{1} << kCodes * kBits) - 1) << at;
    const auto first = Set(Eights(), mask);
    return Or(And(both, first), hn::ShiftLeft<kWidth - kCodes * kBits>(AndNot(first, both)));
  }

  decltype(hn::SetTableIndices(Dots(), std::declval<const std::int32_t*>())) m_words;
  hn::Vec<Bytes> m_bytes;   // bytes of each 64-bit lane
  hn::Vec<Bytes> m_shifts;  // where each code begins in its lane
};

/// Codes of 8 bits are bytes.
template <>
class Unpacker<8> {
 public:
  static constexpr std::size_t kPacked = kVectorCodes;
  HWY_INLINE void unpack(const std::uint8_t* packed, std::uint8_t* codes) const {
    const hn::Repartition<std::uint8_t, Dots> bytes;
    Store(LoadU(bytes, packed), bytes, codes);
  }
};

/// Reads rows of weights of any format.
class ByteReader {
 public:
  /// `codes`: scratch, with room for whole steps.
  ByteReader(const MacBlock& block, const std::uint8_t* rows, std::uint8_t* codes)
      : m_block(block),
        m_end(rows + std::size_t{block.rows} * weightRowBytes(block.k, block.format)),
        m_codes(codes),
        m_halvesShift(halvesShift(block.format.group)),
        m_order(m_halvesShift) {
    const std::size_t groups = block.k / block.format.group;
    std::fill_n(m_scales + groups, kBehind, std::uint16_t{0});
    std::fill_n(m_zeros, groups + kBehind, block.format.symmetricZero());
    std::memset(m_codes + block.k, 0, pim_round_up(block.k, kByteStepCodes) - block.k);
  }

  void open(const std::uint8_t* row) {
    const WeightRowView weights(row, m_block.k, m_block.format);
    const std::uint32_t groups = weights.groups();
    std::memcpy(m_scales, weights.scales(), groups * sizeof m_scales[0]);
    if (m_block.format.zeroBits != 0)
      for (std::uint32_t g = 0; g < groups; ++g) m_zeros[g] = weights.zero(g);
    if (m_block.format.sparsity == 8)
      expandHalf(weights);
    else if (m_block.format.isSparse())
      weights.decode(0, m_block.k, m_codes);
    else if (m_block.format.weightBits == 8)
      unpackRow(m_eightBits, weights.codes());
    else if (m_block.format.weightBits == 5)
      unpackRow(m_fiveBits, weights.codes());
    else
      unpackRow(m_threeBits, weights.codes());
  }

  const std::uint8_t* codes(std::uint32_t step) const { return m_codes + step * kByteStepCodes; }
  VWords scalesInOrder(std::uint32_t step) const { return m_order.scales(m_scales + firstGroup(step)); }
  VDots zerosInOrder(std::uint32_t step) const { return m_order.zeros(m_zeros + firstGroup(step)); }

 private:
  static constexpr std::size_t kMostGroups = kMaxK / kChunk, kBehind = kLanes;

  static unsigned halvesShift(std::uint32_t group) {
    unsigned shift = 0;
    while (kHalfChunk << shift < group) ++shift;
    return shift;
  }
  std::size_t firstGroup(std::uint32_t step) const { return step * kLanes >> m_halvesShift; }

  /// Unpacks blocks of which half the codes are stored.
  void expandHalf(const WeightRowView& weights) {
#if HWY_TARGET == HWY_AVX3_DL
    const hn::CappedTag<std::uint8_t, kSparseBlock> bytes;
    for (std::uint32_t i = 0; i < m_block.k; i += kSparseBlock) {
      const std::uint64_t bits = SparseBlock::load(weights.codes(), i / kSparseBlock, 8);
      const std::uint64_t kept = _pdep_u64(bits >> kSparseBlock, 0x0F0F0F0F0F0F0F0Fu);
      const auto zeros = Set(bytes, m_zeros[i / m_block.format.group]);
      _mm_storeu_si128(reinterpret_cast<__m128i*>(m_codes + i),
                       _mm_mask_expand_epi8(zeros.raw, static_cast<__mmask16>(bits),
                                            _mm_cvtsi64_si128(static_cast<std::int64_t>(kept))));
    }
#else
    weights.decode(0, m_block.k, m_codes);
#endif
  }

  template <class Unpack>
  void unpackRow(const Unpack& unpacker, const std::uint8_t* packed) {
    const std::uint8_t* const end =
        packed + Unpack::kPacked * ((m_block.k + kVectorCodes - 1) / kVectorCodes);
    std::uint8_t* codes = m_codes;
    for (; packed != end; packed += Unpack::kPacked, codes += kVectorCodes) {
      if (m_end - packed >= static_cast<std::ptrdiff_t>(4 * kLanes)) {
        announce(packed + kAhead, Unpack::kPacked);
        unpacker.unpack(packed, codes);
      } else {
        std::uint8_t last[4 * kLanes] = {};
        std::memcpy(last, packed, static_cast<std::size_t>(m_end - packed));
        unpacker.unpack(last, codes);
      }
    }
    std::memset(m_codes + m_block.k, 0, static_cast<std::size_t>(codes - m_codes) - m_block.k);
  }

  const MacBlock m_block;
  const std::uint8_t* m_end;  // of the rows
  std::uint8_t* m_codes;
  unsigned m_halvesShift;  // a group has 2^this half chunks
  StepOrder m_order;
  Unpacker<3> m_threeBits;
  Unpacker<5> m_fiveBits;
  Unpacker<8> m_eightBits;
  std::uint16_t
      m_scales[kMostGroups + kBehind];  // vectors read some behind the last, whose products are zero
  std::uint8_t m_zeros[kMostGroups + kBehind];
};

/// Computes the products of a vector of codes, added up in groups of four in each half of a block.
HWY_INLINE VDots byteDots(const std::uint8_t* codes, const std::int16_t* mantissas) {
  const hn::Repartition<std::uint8_t, Dots> u8;
  const Halves h;
  const auto all = Load(u8, codes);
  PairSums sums;
  sums.add(BitCast(h, InterleaveLower(u8, all, Zero(u8))), Load(h, mantissas));
  sums.add(BitCast(h, InterleaveUpper(u8, all, Zero(u8))), Load(h, mantissas + 2 * kLanes));
  return sums.total();
}

HWY_INLINE VSums addByteStep(VSums sums, const ByteReader& weights, const ArrangedInputs& inputs,
                             std::uint32_t vector, std::uint32_t step) {
  const std::size_t first = std::size_t{vector} * inputs.padded + step * kByteStepCodes;
  const std::uint8_t* codes = weights.codes(step);
  VDots dots[4];
  for (std::size_t i = 0; i < 4; ++i)
    dots[i] = byteDots(codes + i * kVectorCodes, inputs.mantissas + first + i * kVectorCodes);
  const VDots sum = sumsOfChunks(dots[0], dots[1], dots[2], dots[3]);
  return addChunks(sums, sum, weights, step, inputs, first / kHalfChunk);
}

inline void addProductsByBytes(const MacBlock& block, const std::uint8_t* weightRows,
                               const ArrangedInputs& inputs, std::int64_t* sums, std::uint32_t pitch) {
  const std::size_t rowBytes = weightRowBytes(block.k, block.format);
  const std::uint32_t steps = (block.k + kByteStepCodes - 1) / kByteStepCodes;
  ByteReader weights(block, weightRows, inputs.codes);
  for (std::uint32_t row = 0; row < block.rows; ++row, weightRows += rowBytes) {
    weights.open(weightRows);
    for (std::uint32_t v = 0; v < block.vectors; ++v) {
      VSums sum = Zero(Sums());
      for (std::uint32_t step = 0; step < steps; ++step) sum = addByteStep(sum, weights, inputs, v, step);
      accumulate(sums[std::size_t{v} * pitch + row], total(sum));
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace pim
HWY_AFTER_NAMESPACE();

#endif
