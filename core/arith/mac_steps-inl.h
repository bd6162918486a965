// Loop for few vectors: every weight is read once and stays in registers. Included once per instruction set
// (core/arith/mac_block.cpp).

#if defined(PIM_MAC_STEPS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef PIM_MAC_STEPS_INL
#undef PIM_MAC_STEPS_INL
#else
#define PIM_MAC_STEPS_INL
#endif

#include "core/arith/mac_lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pim {
namespace HWY_NAMESPACE {

// Four quarters are a step. A step has as many chunks as a vector has 32-bit lanes. Its dot products appear
// one per lane, "in step order": lane (block, position) holds chunk position * blocks + block.
//
// Mantissas: [vector][step][quarter][code of a lane][lane]; sums of a chunk's mantissas and shifts:
// [vector][step][lane], in step order.
constexpr std::size_t kStepBytes = 4 * kQuarterBytes;
constexpr std::uint32_t kStepCodes = 2 * kStepBytes;
static_assert(kLargestStep % kStepCodes == 0, "records are padded to whole steps");

/// Returns the chunk of a step whose dot product is in `lane`.
constexpr std::size_t chunkOfLane(std::size_t lane) {
  return lane % 4 * kBlocks + lane / 4;
}

/// Adds up each chunk: four vectors with four partial sums per chunk become one, in step order.
HWY_INLINE VDots sumsOfChunks(VDots q0, VDots q1, VDots q2, VDots q3) {
  const Dots d;
  const hn::Repartition<std::uint64_t, Dots> pairs;
  const auto q01 = BitCast(pairs, Add(InterleaveLower(d, q0, q1), InterleaveUpper(d, q0, q1)));
  const auto q23 = BitCast(pairs, Add(InterleaveLower(d, q2, q3), InterleaveUpper(d, q2, q3)));
  return Add(BitCast(d, InterleaveLower(pairs, q01, q23)), BitCast(d, InterleaveUpper(pairs, q01, q23)));
}

/// Computes the products of the codes of a quarter, added up in groups of eight adjacent ones.
HWY_INLINE VDots quarterDots(const VHalves* codes, const std::int16_t* mantissas) {
  PairSums sums;
  for (std::size_t n = 0; n < 4; ++n) sums.add(codes[n], Load(Halves(), mantissas + n * 2 * kLanes));
  return sums.total();
}

/// Stores step `step` of the record in `inputs.inOrder` in the order that the loops need.
inline void arrangeStep(const ActivationView& record, const ArrangedInputs& inputs, std::uint32_t vector,
                        std::uint32_t step) {
  const Halves h;
  const auto one = Set(h, std::int16_t{1});
  const VHalves ones[] = {one, one, one, one};
  const std::size_t first = std::size_t{vector} * inputs.padded + step * kStepCodes;
  VDots sums[4];
  for (std::size_t quarter = 0; quarter < 4; ++quarter) {
    std::int16_t* to = inputs.mantissas + first + quarter * kQuarterCodes;
    VHalves m0, m1, m2, m3;
    LoadInterleaved4(h, inputs.inOrder + step * kStepCodes + quarter * kQuarterCodes, m0, m1, m2, m3);
    Store(m0, h, to);
    Store(m1, h, to + 2 * kLanes);
    Store(m2, h, to + 4 * kLanes);
    Store(m3, h, to + 6 * kLanes);
    sums[quarter] = quarterDots(ones, to);
  }
  Store(sumsOfChunks(sums[0], sums[1], sums[2], sums[3]), Dots(), inputs.chunkSums + first / kChunk);
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    const std::size_t code = step * kStepCodes + chunkOfLane(lane) * kChunk;
    inputs.shifts[first / kChunk + lane] = shiftAt(record, code);
  }
}

inline void arrangeSteps(const ActivationView& record, const ArrangedInputs& inputs, std::uint32_t vector) {
  for (std::uint32_t step = 0; step * kStepCodes < record.k(); ++step)
    arrangeStep(record, inputs, vector, step);
}

/// The scales and zero points of a step in step order, one for each lane.
class StepOrder {
 public:
  /// A group of weights has the chunks of 2^chunksShift lanes.
  explicit StepOrder(unsigned chunksShift) {
    std::int32_t index[kLanes];
    for (std::size_t lane = 0; lane < kLanes; ++lane)
      index[lane] = static_cast<std::int32_t>(chunkOfLane(lane) >> chunksShift);
    m_groups = SetTableIndices(Dots(), index);
  }

  /// `scales`, `zeros`: those of a row from the first group of the step on.
  VWords scales(const std::uint16_t* scales) const {
    const hn::Rebind<std::uint16_t, Dots> u16;
    return BitCast(Words(), TableLookupLanes(PromoteTo(Dots(), LoadU(u16, scales)), m_groups));
  }
  VDots zeros(const std::uint8_t* zeros) const {
    const hn::Rebind<std::uint8_t, Dots> u8;
    return TableLookupLanes(PromoteTo(Dots(), LoadU(u8, zeros)), m_groups);
  }

 private:
  decltype(hn::SetTableIndices(Dots(), std::declval<const std::int32_t*>())) m_groups;
};

/// Reads rows of weights, step by step.
class StepReader : public RowReader<kStepBytes> {
 public:
  StepReader(const MacBlock& block, const std::uint8_t* rows)
      : RowReader(block, rows), m_order(chunksShift()) {}

  VWords scalesInOrder(std::uint32_t step) const {
    return m_order.scales(reinterpret_cast<const std::uint16_t*>(scales(groupOf(step * kLanes))));
  }
  VDots zerosInOrder(std::uint32_t step) const { return m_order.zeros(zeros(groupOf(step * kLanes))); }

 private:
  StepOrder m_order;
};

/// Adds (dot - zero * sum of mantissas) * scale * 2^shift of each chunk of a step to `sums`. `at`: index of
/// the step's first sum and shift in `inputs`.
template <class Reader>
HWY_INLINE VSums addChunks(VSums sums, VDots dots, const Reader& weights, std::uint32_t step,
                           const ArrangedInputs& inputs, std::size_t at) {
  const VDots ofZeros = Mul(weights.zerosInOrder(step), Load(Dots(), inputs.chunkSums + at));
  const VWords factors = Shl(weights.scalesInOrder(step), Load(Words(), inputs.shifts + at));
  return addScaled(sums, Sub(dots, ofZeros), factors);
}

/// Distance in bytes between the prefetch of weights and their use: enough to keep the memory busy, and so
/// little that the bytes are still in the cache when they are used.
constexpr std::size_t kAhead = 8192;

HWY_INLINE VSums addStep(VSums sums, StepReader& weights, const ArrangedInputs& inputs, std::uint32_t vector,
                         std::uint32_t step) {
  const std::uint8_t* bytes = weights.codes(step * kStepBytes);
  announce(bytes + kAhead, kStepBytes);
  const std::size_t first = std::size_t{vector} * inputs.padded + step * kStepCodes;
  VDots quarters[4];
  for (std::size_t quarter = 0; quarter < 4; ++quarter) {
    VHalves codes[4];
    decodeQuarter(bytes + quarter * kQuarterBytes, codes);
    quarters[quarter] = quarterDots(codes, inputs.mantissas + first + quarter * kQuarterCodes);
  }
  const VDots dots = sumsOfChunks(quarters[0], quarters[1], quarters[2], quarters[3]);
  return addChunks(sums, dots, weights, step, inputs, first / kChunk);
}

inline void addProductsBySteps(const MacBlock& block, const std::uint8_t* weightRows,
                               const ArrangedInputs& inputs, std::int64_t* sums, std::uint32_t pitch) {
  const std::size_t rowBytes = weightRowBytes(block.k, block.format);
  const std::uint32_t steps = (block.k + kStepCodes - 1) / kStepCodes;
  StepReader weights(block, weightRows);
  announce(weightRows, std::min(kAhead, block.rows * rowBytes));
  for (std::uint32_t row = 0; row < block.rows; ++row, weightRows += rowBytes) {
    weights.open(weightRows, 0, block.k / kChunk);
    announce(weightRows + kAhead, weights.metaBytes());
    for (std::uint32_t v = 0; v < block.vectors; ++v) {
      VSums sum = Zero(Sums());
      for (std::uint32_t step = 0; step < steps; ++step) sum = addStep(sum, weights, inputs, v, step);
      accumulate(sums[std::size_t{v} * pitch + row], total(sum));
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace pim
HWY_AFTER_NAMESPACE();

#endif
