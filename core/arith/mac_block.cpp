#include <algorithm>
#include <array>
#include <cassert>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <vector>

#include "abi/pim_layout.h"
#include "core/arith/mac.h"
#include "core/arith/mac_arranged.h"
#include "core/arith/wide_sums.h"

// Arrays of vectors need a size that is known at compile time.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#define HWY_WANT_AVX3_DL  // VNNI
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/arith/mac_block.cpp"
#include <hwy/aligned_allocator.h>
#include <hwy/foreach_target.h>  // compiles this file once per instruction set
#include <hwy/highway.h>

#if HWY_TARGET != HWY_SCALAR
#include "core/arith/mac_bytes-inl.h"
#include "core/arith/mac_steps-inl.h"
#include "core/arith/mac_tiles-inl.h"
#endif

HWY_BEFORE_NAMESPACE();
namespace pim {
namespace HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR

void arrangeRecords(const MacBlock&, const std::uint8_t*, const ArrangedInputs&) {}

void addProducts(const MacBlock& block, const std::uint8_t* weightRows, const std::uint8_t* records,
                 const ArrangedInputs&, std::int64_t* sums, std::uint32_t pitch) {
  const ActivationFormat activation{block.format.group, block.activationBits};
  const std::uint32_t recordBytes = activationRecordBytes(block.k, activation);
  for (std::uint32_t row = 0; row < block.rows; ++row, weightRows += weightRowBytes(block.k, block.format)) {
    const WeightRowView weights(weightRows, block.k, block.format);
    for (std::uint32_t v = 0; v < block.vectors; ++v) {
      const ActivationView vector(records + std::size_t{v} * recordBytes, block.k, activation);
      accumulate(sums[std::size_t{v} * pitch + row], macRow(weights, vector));
    }
  }
}

#else

/// Returns whether the block has enough vectors for a tile. A tile is always computed whole, which is slower
/// for less than half of it.
bool takesTiles(const MacBlock& block) {
  return block.format.isNibbles() && block.vectors > kTileVectors / 2 && block.vectors > 1;
}

void arrangeRecords(const MacBlock& block, const std::uint8_t* records, const ArrangedInputs& inputs) {
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
    if (!block.format.isNibbles())
      arrangeForBytes(record, inputs, v);
    else if (takesTiles(block))
      arrangeForTile(record, inputs, v);
    else
      arrangeSteps(record, inputs, v);
  }
}

void addProducts(const MacBlock& block, const std::uint8_t* weightRows, const std::uint8_t* /*records*/,
                 const ArrangedInputs& inputs, std::int64_t* sums, std::uint32_t pitch) {
  if (!block.format.isNibbles())
    addProductsByBytes(block, weightRows, inputs, sums, pitch);
  else if (takesTiles(block))
    addProductsByTiles(block, weightRows, inputs, sums, pitch);
  else
    addProductsBySteps(block, weightRows, inputs, sums, pitch);
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

/// The activation records of one command, rearranged for the multipliers.
class ArrangedRecords {
 public:
  /// Returns whether these are the records of this block.
  bool holds(const MacBlock& block, const std::uint8_t* records) const {
    return HWY_DYNAMIC_DISPATCH(arrangeRecords) == m_arrange && block.k == m_block.k &&
           block.vectors == m_block.vectors && block.format.group == m_block.format.group &&
           block.format.isNibbles() == m_block.format.isNibbles() &&
           block.activationBits == m_block.activationBits &&
           std::memcmp(m_records.data(), records, m_records.size()) == 0;
  }
  void arrange(const MacBlock& block, const std::uint8_t* records) {
    m_arrange = HWY_DYNAMIC_DISPATCH(arrangeRecords);
    m_block = block;
    const ActivationFormat format{block.format.group, block.activationBits};
    m_records.assign(records, records + std::size_t{block.vectors} * activationRecordBytes(block.k, format));
    reserve();
    m_arrange(block, records, m_inputs);
  }
  const ArrangedInputs& inputs() const { return m_inputs; }

 private:
  void reserve() {
    m_inputs.padded = pim_round_up(m_block.k, kLargestStep);
    // One vector takes no tile.
    const std::uint32_t vectors = m_block.vectors == 1 ? 1 : pim_round_up(m_block.vectors, kMostTileVectors);
    const std::size_t needed = std::size_t{vectors + 1} * m_inputs.padded;
    if (needed > m_capacity) {
      m_capacity = needed;
      m_mantissas = hwy::AllocateAligned<std::int16_t>(needed);
      m_chunkSums = hwy::AllocateAligned<std::int32_t>(needed / kHalfChunk);
      m_shifts = hwy::AllocateAligned<std::uint32_t>(needed / kHalfChunk);
      m_codes = hwy::AllocateAligned<std::uint8_t>(needed);
    }
    m_inputs.inOrder = m_mantissas.get();
    m_inputs.mantissas = m_mantissas.get() + m_inputs.padded;
    m_inputs.chunkSums = m_chunkSums.get();
    m_inputs.shifts = m_shifts.get();
    m_inputs.codes = m_codes.get();
    if (vectors != m_block.vectors) {  // the last tile may not be full
      std::fill_n(m_inputs.mantissas, std::size_t{vectors} * m_inputs.padded, std::int16_t{0});
      std::fill_n(m_inputs.shifts, std::size_t{vectors} * m_inputs.padded / kHalfChunk, 0u);
    }
  }

  decltype(&HWY_STATIC_DISPATCH(arrangeRecords)) m_arrange = nullptr;
  MacBlock m_block;
  std::vector<std::uint8_t> m_records;
  ArrangedInputs m_inputs;
  std::size_t m_capacity = 0;
  hwy::AlignedFreeUniquePtr<std::int16_t[]> m_mantissas;
  hwy::AlignedFreeUniquePtr<std::int32_t[]> m_chunkSums;
  hwy::AlignedFreeUniquePtr<std::uint32_t[]> m_shifts;
  hwy::AlignedFreeUniquePtr<std::uint8_t[]> m_codes;
};

/// The rearranged inputs of the calling thread. The banks that one thread serves usually get the same records
/// one after another, or those of two tiles alternately, so that they need no new arrangement.
class LatestRecords {
 public:
  const ArrangedInputs& of(const MacBlock& block, const std::uint8_t* records) {
    for (std::size_t age = 0; age < m_kept.size(); ++age) {
      const ArrangedRecords& kept = m_kept[(m_latest + m_kept.size() - age) % m_kept.size()];
      if (kept.holds(block, records)) return kept.inputs();
    }
    m_latest = (m_latest + 1) % m_kept.size();
    m_kept[m_latest].arrange(block, records);
    return m_kept[m_latest].inputs();
  }

 private:
  std::array<ArrangedRecords, 4> m_kept;
  std::size_t m_latest = 0;  // index of the inputs arranged last
};

}  // namespace

void macBlock(const MacBlock& block, const std::uint8_t* weightRows, const std::uint8_t* records,
              std::int64_t* sums, std::uint32_t pitch) {
  assert(block.k <= kMaxK && block.k % block.format.group == 0 && pitch >= block.rows);
  thread_local LatestRecords latest;
  HWY_DYNAMIC_DISPATCH(addProducts)(block, weightRows, records, latest.of(block, records), sums, pitch);
}

}  // namespace pim
#endif
