#include <algorithm>
#include <cassert>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "abi/pim_layout.h"
#include "core/arith/mac.h"

// Arrays of vectors need a size that is known when compiling.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/arith/mac_block.cpp"
#include <hwy/aligned_allocator.h>
#include <hwy/foreach_target.h>  // compiles this file once for each instruction set
#include <hwy/highway.h>

#ifndef PIM_MAC_BLOCK_SHARED
#define PIM_MAC_BLOCK_SHARED
namespace pim {

constexpr std::uint32_t kChunk = 32;         // codes of one group that are added up together
constexpr std::uint32_t kLargestStep = 512;  // codes of a step, with the widest vectors

/// The records of a block as an instruction set's loops want them. Each vector takes `padded` mantissas and
/// as many sums and shifts as that has chunks. What lies beyond the end of a record is zero, and so is every
/// product with it.
struct StepInputs {
  std::uint32_t padded = 0;           // k, rounded up to kLargestStep
  std::int16_t* inOrder = nullptr;    // [padded], a record's mantissas: scratch
  std::int16_t* mantissas = nullptr;  // [vector][step][quarter][code of a lane][lane]
  std::int32_t* chunkSums = nullptr;  // [vector][step][lane], in step order
  std::uint32_t* shifts = nullptr;    // the same
};

}  // namespace pim
#endif

HWY_BEFORE_NAMESPACE();
namespace pim {
namespace HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR

void arrangeRecords(const MacBlock&, const std::uint8_t*, const StepInputs&) {}

void addProducts(const MacBlock& block, const std::uint8_t* weightRows, const std::uint8_t* records,
                 const StepInputs&, std::int64_t* sums, std::uint32_t pitch) {
  const ActivationFormat activation{block.format.group, block.activationBits};
  const std::uint32_t recordBytes = activationRecordBytes(block.k, activation);
  for (std::uint32_t row = 0; row < block.rows; ++row, weightRows += weightRowBytes(block.k, block.format)) {
    const WeightRowView weights(weightRows, block.k, block.format);
    for (std::uint32_t v = 0; v < block.vectors; ++v) {
      const ActivationView vector(records + std::size_t{v} * recordBytes, block.k, activation);
      sums[std::size_t{v} * pitch + row] += macRow(weights, vector);
    }
  }
}

#else

namespace hn = hwy::HWY_NAMESPACE;

// A row is cut into quarters: the codes that fill a vector. Four quarters are a step. Each 128-bit block of a
// quarter holds the 32 codes of a chunk, which never crosses a group, so a step has as many chunks as a
// vector has 32-bit lanes, and its dots come out one a lane, "in step order": lane (block, position) is chunk
// position * blocks + block.
using Dots = hn::ScalableTag<std::int32_t>;
using Words = hn::ScalableTag<std::uint32_t>;
using Halves = hn::ScalableTag<std::int16_t>;
using Sums = hn::ScalableTag<std::int64_t>;
using VDots = hn::Vec<Dots>;
using VHalves = hn::Vec<Halves>;
using VSums = hn::Vec<Sums>;

constexpr std::size_t kLanes = hn::MaxLanes(Dots());
constexpr std::size_t kQuarterBytes = 4 * kLanes;
constexpr std::size_t kStepBytes = 4 * kQuarterBytes;
constexpr std::uint32_t kStepCodes = 2 * kStepBytes;
static_assert(kLargestStep % kStepCodes == 0, "records are padded to whole steps");

/// Chunk of a step whose dot is in `lane`.
constexpr std::size_t chunkOfLane(std::size_t lane) {
  return lane % 4 * (kLanes / 4) + lane / 4;
}

std::uint32_t stepsOf(const MacBlock& block) {
  return (block.k + kStepCodes - 1) / kStepCodes;
}

/// Adds up each chunk: four vectors with four partial sums a chunk become one, in step order.
HWY_INLINE VDots sumsOfChunks(VDots q0, VDots q1, VDots q2, VDots q3) {
  const Dots d;
  const hn::Repartition<std::uint64_t, Dots> pairs;
  const auto q01 = BitCast(pairs, Add(InterleaveLower(d, q0, q1), InterleaveUpper(d, q0, q1)));
  const auto q23 = BitCast(pairs, Add(InterleaveLower(d, q2, q3), InterleaveUpper(d, q2, q3)));
  return Add(BitCast(d, InterleaveLower(pairs, q01, q23)), BitCast(d, InterleaveUpper(pairs, q01, q23)));
}

/// Products of the codes of a quarter, added up in groups of eight neighbours.
HWY_INLINE VDots quarterDots(const VHalves* codes, const std::int16_t* mantissas) {
  const Dots d;
  const Halves h;
  VDots even = Zero(d), odd = Zero(d);
  for (std::size_t n = 0; n < 4; ++n) {
    even = ReorderWidenMulAccumulate(d, codes[n], Load(h, mantissas + n * 2 * kLanes), even, odd);
  }
  return RearrangeToOddPlusEven(even, odd);
}

/// The codes of a quarter: every fourth in a vector of its own, as LoadInterleaved4 deals out mantissas.
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

/// Puts step `step` of the record that lies in `inputs.inOrder` where the loops want it.
void arrangeStep(const ActivationView& record, const StepInputs& inputs, std::uint32_t vector,
                 std::uint32_t step) {
  const Halves h;
  const auto one = Set(h, std::int16_t{1});
  const VHalves ones[] = {one, one, one, one};
  const std::size_t first = std::size_t{vector} * inputs.padded + step * kStepCodes;
  VDots sums[4];
  for (std::size_t quarter = 0; quarter < 4; ++quarter) {
    std::int16_t* to = inputs.mantissas + first + quarter * 2 * kQuarterBytes;
    VHalves m0, m1, m2, m3;
    LoadInterleaved4(h, inputs.inOrder + step * kStepCodes + quarter * 2 * kQuarterBytes, m0, m1, m2, m3);
    Store(m0, h, to);
    Store(m1, h, to + 2 * kLanes);
    Store(m2, h, to + 4 * kLanes);
    Store(m3, h, to + 6 * kLanes);
    sums[quarter] = quarterDots(ones, to);
  }
  Store(sumsOfChunks(sums[0], sums[1], sums[2], sums[3]), Dots(), inputs.chunkSums + first / kChunk);
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    const auto code = static_cast<std::uint32_t>(step * kStepCodes + chunkOfLane(lane) * kChunk);
    const int shift = code < record.k() ? record.shift(code / record.group()) : 0;
    inputs.shifts[first / kChunk + lane] = static_cast<std::uint32_t>(shift);
  }
}

void arrangeRecords(const MacBlock& block, const std::uint8_t* records, const StepInputs& inputs) {
  const ActivationFormat format{block.format.group, block.activationBits};
  const std::uint32_t recordBytes = activationRecordBytes(block.k, format);
  std::memset(inputs.inOrder + block.k, 0, (inputs.padded - block.k) * sizeof inputs.inOrder[0]);
  for (std::uint32_t v = 0; v < block.vectors; ++v, records += recordBytes) {
    if (block.activationBits == 16) {
      std::memcpy(inputs.inOrder, records, std::size_t{block.k} * 2);
    } else {
      const auto* mantissas = reinterpret_cast<const std::int8_t*>(records);
      std::copy_n(mantissas, block.k, inputs.inOrder);
    }
    const ActivationView record(records, block.k, format);
    for (std::uint32_t step = 0; step < stepsOf(block); ++step) arrangeStep(record, inputs, v, step);
  }
}

/// Zero points and scales of the chunks of a step, in step order.
struct StepScales {
  VDots zero;
  hn::Vec<Words> scale;
};

/// Weight rows, one at a time, step by step.
class StepWeights {
 public:
  explicit StepWeights(const MacBlock& block) : m_block(block) {
    while (kChunk << m_chunksShift < block.format.group) ++m_chunksShift;
    std::int32_t index[kLanes];
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      index[lane] = static_cast<std::int32_t>(chunkOfLane(lane) >> m_chunksShift);
    }
    m_stepOrder = SetTableIndices(Dots(), index);
    std::memset(m_zeros, kSymmetricZero, sizeof m_zeros);
  }

  void open(const std::uint8_t* row) {
    m_row = row;
    m_codes = WeightRowView(row, m_block.k, m_block.format).codes();
    if (m_block.format.zeroBits != 0) expandZeros();
  }

  const std::uint8_t* codes(std::uint32_t step) {
    const std::size_t first = step * kStepBytes, size = m_block.k / 2;
    if (first + kStepBytes <= size) return m_codes + first;
    std::memset(m_last, 0, sizeof m_last);
    std::memcpy(m_last, m_codes + first, size - first);
    return m_last;
  }

  StepScales scales(std::uint32_t step) const {
    const Dots d;
    const hn::Rebind<std::uint16_t, Dots> u16;
    const hn::Rebind<std::uint8_t, Dots> u8;
    const std::size_t group = step * kLanes >> m_chunksShift;
    // Behind the last scale of a row lie its zero points and codes: what is read is inside the row.
    const auto scale = PromoteTo(d, LoadU(u16, reinterpret_cast<const std::uint16_t*>(m_row + 2 * group)));
    const auto zero = PromoteTo(d, LoadU(u8, m_zeros + group));
    return {TableLookupLanes(zero, m_stepOrder), BitCast(Words(), TableLookupLanes(scale, m_stepOrder))};
  }

 private:
  void expandZeros() {
    const hn::CappedTag<std::uint8_t, 16> bytes;
    const auto nibble = Set(bytes, std::uint8_t{15});
    const std::uint32_t groups = m_block.k / m_block.format.group;
    const std::uint8_t* packed = m_row + 2 * groups;
    for (std::uint32_t g = 0; g < groups; g += 32, packed += 16) {
      const auto both = LoadU(bytes, packed);  // the row's codes are longer than what this reads too far
      const auto low = And(both, nibble), high = hn::ShiftRight<4>(both);
      StoreU(InterleaveLower(bytes, low, high), bytes, m_zeros + g);
      StoreU(InterleaveUpper(bytes, low, high), bytes, m_zeros + g + 16);
    }
  }

  const MacBlock& m_block;
  unsigned m_chunksShift = 0;  // a group has 2^this chunks
  decltype(hn::SetTableIndices(Dots(), std::declval<const std::int32_t*>())) m_stepOrder;
  const std::uint8_t* m_row = nullptr;
  const std::uint8_t* m_codes = nullptr;
  std::uint8_t m_zeros[kMaxK / kChunk + 32];
  std::uint8_t m_last[kStepBytes];
};

HWY_INLINE VDots oddLanes(VDots v) {
  const hn::Repartition<std::uint64_t, Dots> pairs;
  return BitCast(Dots(), hn::ShiftRight<32>(BitCast(pairs, v)));
}

/// Adds a step of `kCount` vectors, from `vector` on, to their sums: (dot - zero * sum of mantissas) * scale
/// * 2^shift of each chunk. Codes are fetched once for all of them.
template <std::uint32_t kCount>
HWY_INLINE void addStep(const VHalves* codes, const StepScales& scales, const StepInputs& inputs,
                        std::uint32_t vector, std::uint32_t step, VSums* sums) {
  const Dots d;
  const std::size_t first = std::size_t{vector} * inputs.padded + step * kStepCodes;
  VDots quarters[kCount][4];
  for (std::size_t quarter = 0; quarter < 4; ++quarter) {
    const std::int16_t* mantissas = inputs.mantissas + first + quarter * 2 * kQuarterBytes;
    for (std::uint32_t v = 0; v < kCount; ++v) {
      quarters[v][quarter] = quarterDots(codes + 4 * quarter, mantissas + v * inputs.padded);
    }
  }
  for (std::uint32_t v = 0; v < kCount; ++v) {
    const std::size_t chunk = (first + v * inputs.padded) / kChunk;
    const VDots* q = quarters[v];
    const VDots centred =
        Sub(sumsOfChunks(q[0], q[1], q[2], q[3]), Mul(scales.zero, Load(d, inputs.chunkSums + chunk)));
    const VDots factor = BitCast(d, Shl(scales.scale, Load(Words(), inputs.shifts + chunk)));  // 28 bits
    const VSums pairs = Add(MulEven(centred, factor), MulEven(oddLanes(centred), oddLanes(factor)));
    sums[v] = Add(sums[v], pairs);
  }
}

HWY_INLINE void decodeStep(const std::uint8_t* bytes, VHalves* codes) {
  decodeQuarter(bytes, codes);
  decodeQuarter(bytes + kQuarterBytes, codes + 4);
  decodeQuarter(bytes + 2 * kQuarterBytes, codes + 8);
  decodeQuarter(bytes + 3 * kQuarterBytes, codes + 12);
}

HWY_INLINE std::int64_t total(VSums sums) {
  return GetLane(SumOfLanes(Sums(), sums));
}

/// Announces codes that are read once: they are not to push out of the caches what is needed again.
HWY_INLINE void announce(const std::uint8_t* bytes) {
  constexpr std::size_t kAhead = 2048, kLine = 64;
  for (std::size_t at = 0; at < kStepBytes; at += kLine) __builtin_prefetch(bytes + kAhead + at, 0, 0);
}

/// Decode: every weight is used once, so it stays in registers.
void oneVector(const MacBlock& block, const std::uint8_t* weightRows, const StepInputs& inputs,
               std::int64_t* sums) {
  const std::size_t rowBytes = weightRowBytes(block.k, block.format);
  const std::uint32_t steps = stepsOf(block);
  StepWeights weights(block);
  for (std::uint32_t row = 0; row < block.rows; ++row) {
    weights.open(weightRows + row * rowBytes);
    VSums sum = Zero(Sums());
    for (std::uint32_t step = 0; step < steps; ++step) {
      const std::uint8_t* bytes = weights.codes(step);
      announce(bytes);
      VHalves codes[16];
      decodeStep(bytes, codes);
      addStep<1>(codes, weights.scales(step), inputs, 0, step, &sum);
    }
    sums[row] += total(sum);
  }
}

/// Prefill: weights are decoded once for `kTile` vectors, whose mantissas of a few steps stay in the first
/// cache for all rows.
void manyVectors(const MacBlock& block, const std::uint8_t* weightRows, const StepInputs& inputs,
                 std::int64_t* sums, std::uint32_t pitch) {
  constexpr std::uint32_t kTile = 8, kStepsAtOnce = 4;
  const std::size_t rowBytes = weightRowBytes(block.k, block.format);
  const std::uint32_t steps = stepsOf(block);
  StepWeights weights(block);
  for (std::uint32_t firstVector = 0; firstVector < block.vectors; firstVector += kTile) {
    const std::uint32_t count = HWY_MIN(kTile, block.vectors - firstVector);
    for (std::uint32_t firstStep = 0; firstStep < steps; firstStep += kStepsAtOnce) {
      const std::uint32_t endStep = HWY_MIN(firstStep + kStepsAtOnce, steps);
      for (std::uint32_t row = 0; row < block.rows; ++row) {
        weights.open(weightRows + row * rowBytes);
        VSums partial[kTile];
        for (std::uint32_t v = 0; v < count; ++v) partial[v] = Zero(Sums());
        for (std::uint32_t step = firstStep; step < endStep; ++step) {
          const StepScales scales = weights.scales(step);
          VHalves codes[16];
          decodeStep(weights.codes(step), codes);
          std::uint32_t v = 0;
          for (; v + 2 <= count; v += 2)
            addStep<2>(codes, scales, inputs, firstVector + v, step, partial + v);
          if (v < count) addStep<1>(codes, scales, inputs, firstVector + v, step, partial + v);
        }
        for (std::uint32_t v = 0; v < count; ++v) {
          sums[std::size_t{firstVector + v} * pitch + row] += total(partial[v]);
        }
      }
    }
  }
}

void addProducts(const MacBlock& block, const std::uint8_t* weightRows, const std::uint8_t* /*records*/,
                 const StepInputs& inputs, std::int64_t* sums, std::uint32_t pitch) {
  if (block.vectors == 1) {
    oneVector(block, weightRows, inputs, sums);
  } else {
    manyVectors(block, weightRows, inputs, sums, pitch);
  }
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace pim
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pim {
namespace {

HWY_EXPORT(arrangeRecords);
HWY_EXPORT(addProducts);

/// Inputs of the calling thread. Banks that one thread serves mostly get the same records one after another,
/// which then need not be arranged again.
class ArrangedRecords {
 public:
  const StepInputs& of(const MacBlock& block, const std::uint8_t* records) {
    const auto arrange = HWY_DYNAMIC_DISPATCH(arrangeRecords);
    const std::size_t bytes =
        std::size_t{block.vectors} *
        activationRecordBytes(block.k, ActivationFormat{block.format.group, block.activationBits});
    const bool sameShape = arrange == m_arrange && block.k == m_block.k && block.vectors == m_block.vectors &&
                           block.format.group == m_block.format.group &&
                           block.activationBits == m_block.activationBits;
    if (sameShape && std::memcmp(m_records.data(), records, bytes) == 0) return m_inputs;
    m_arrange = arrange;
    m_block = block;
    m_records.assign(records, records + bytes);
    reserve();
    arrange(block, records, m_inputs);
    return m_inputs;
  }

 private:
  void reserve() {
    m_inputs.padded = pim_round_up(m_block.k, kLargestStep);
    const std::size_t needed = std::size_t{m_block.vectors + 1} * m_inputs.padded;
    if (needed > m_capacity) {
      m_capacity = needed;
      m_mantissas = hwy::AllocateAligned<std::int16_t>(needed);
      m_chunkSums = hwy::AllocateAligned<std::int32_t>(needed / kChunk);
      m_shifts = hwy::AllocateAligned<std::uint32_t>(needed / kChunk);
    }
    m_inputs.inOrder = m_mantissas.get();
    m_inputs.mantissas = m_mantissas.get() + m_inputs.padded;
    m_inputs.chunkSums = m_chunkSums.get();
    m_inputs.shifts = m_shifts.get();
  }

  decltype(&HWY_STATIC_DISPATCH(arrangeRecords)) m_arrange = nullptr;
  MacBlock m_block;
  std::vector<std::uint8_t> m_records;
  StepInputs m_inputs;
  std::size_t m_capacity = 0;
  hwy::AlignedFreeUniquePtr<std::int16_t[]> m_mantissas;
  hwy::AlignedFreeUniquePtr<std::int32_t[]> m_chunkSums;
  hwy::AlignedFreeUniquePtr<std::uint32_t[]> m_shifts;
};

}  // namespace

void macBlock(const MacBlock& block, const std::uint8_t* weightRows, const std::uint8_t* records,
              std::int64_t* sums, std::uint32_t pitch) {
  assert(block.k <= kMaxK && block.k % block.format.group == 0 && pitch >= block.rows);
  thread_local ArrangedRecords arranged;
  HWY_DYNAMIC_DISPATCH(addProducts)(block, weightRows, records, arranged.of(block, records), sums, pitch);
}

}  // namespace pim
#endif
