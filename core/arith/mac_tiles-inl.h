// Loop for many vectors: the sums of a tile of rows and vectors stay in registers; weights are decoded once
// for all vectors. Included once per instruction set (core/arith/mac_block.cpp).

#if defined(PIM_MAC_TILES_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef PIM_MAC_TILES_INL
#undef PIM_MAC_TILES_INL
#else
#define PIM_MAC_TILES_INL
#endif

#include "core/arith/mac_lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pim {
namespace HWY_NAMESPACE {

// The lanes of a vector are (vector of the tile, one of two chunks), so that a group of the dots of one row
// with all vectors of the tile is one vector, and the 64-bit sum of two neighbours is that of the vector.
//
// A slab is two quarters of a row. Chunk b of the first and chunk b of the second are a pair, and two
// neighbouring codes of both, 64 bits, are what one step of a pair multiplies with the mantissas of all
// vectors. decodeQuarter() says which two: step (n, d) has codes 8d + n and 8d + 4 + n of a chunk.
//
// Codes, zero point subtracted: [row of the tile][slab][n][d / 2][pair][d % 2], 64 bits.
// Mantissas: [tile][slab][pair][n][d][lane], 32 bits. Shifts: [tile][slab][pair][lane].
constexpr std::uint32_t kTileVectors = kLanes / 2;
constexpr std::uint32_t kTileRows = HWY_TARGET <= HWY_AVX3 ? 8 : 4;  // the sums fit into the registers
constexpr std::size_t kSlabBytes = 2 * kQuarterBytes;
constexpr std::uint32_t kSlabCodes = 2 * kSlabBytes;
constexpr std::size_t kPairSteps = 16;
constexpr std::uint32_t kSlabsAtOnce = 1024 / kSlabCodes;  // decoded codes stay in the first-level cache
static_assert(kLargestStep % kSlabCodes == 0, "records are padded to whole slabs");
static_assert(kTileVectors <= kMostTileVectors, "there is room for whole tiles");

/// Returns the chunk of the row for a lane: even lanes have that of the first quarter.
constexpr std::size_t chunkOf(std::size_t slab, std::size_t pair, std::size_t lane) {
  return (slab * 2 + lane % 2) * kBlocks + pair;
}

/// Stores the record in `inputs.inOrder`, vector `vector` of all, in the order that the loops need.
inline void arrangeForTile(const ActivationView& record, const ArrangedInputs& inputs, std::uint32_t vector) {
  const std::size_t tile = vector / kTileVectors, inTile = vector % kTileVectors;
  const std::size_t pairs = inputs.padded / (2 * kChunk);
  for (std::size_t pair = 0; pair < pairs; ++pair) {
    for (std::size_t part = 0; part < 2; ++part) {
      const std::size_t lane = 2 * inTile + part;
      const std::size_t chunk = chunkOf(pair / kBlocks, pair % kBlocks, lane);
      const std::size_t at = (tile * pairs + pair) * kLanes + lane;
      const std::size_t code = chunk * kChunk;
      inputs.shifts[at] = shiftAt(record, code);
      std::int16_t* to = inputs.mantissas + 2 * (kPairSteps * (at - lane) + lane);
      HWY_ALIGN std::int16_t dealt[kChunk];  // every fourth, as decodeQuarter() distributes codes
      const hn::CappedTag<std::int16_t, 8> eight;
      hn::Vec<decltype(eight)> m0, m1, m2, m3;
      LoadInterleaved4(eight, inputs.inOrder + code, m0, m1, m2, m3);
      Store(m0, eight, dealt);
      Store(m1, eight, dealt + 8);
      Store(m2, eight, dealt + 16);
      Store(m3, eight, dealt + 24);
      for (std::size_t step = 0; step < kPairSteps; ++step, to += 2 * kLanes)
        std::memcpy(to, dealt + 2 * step, 2 * sizeof dealt[0]);
    }
  }
}

/// Decoded rows of a tile, a few slabs long.
struct TileCodes {
  static constexpr std::size_t kApart = 8;  // places rows in different lines of a cache's way
  std::uint64_t steps[kTileRows][kSlabsAtOnce * kBlocks * kPairSteps + kApart];
  std::uint32_t scales[kTileRows][kSlabsAtOnce * 2 * kBlocks + kApart];  // [slab][pair][chunk]
};

class SlabReader : public RowReader<kSlabBytes> {
 public:
  SlabReader(const MacBlock& block, const std::uint8_t* rows) : RowReader(block, rows) {
    std::uint8_t index[4 * kLanes];
    for (std::size_t byte = 0; byte < sizeof index; ++byte)
      index[byte] = byte % 2 == 0 ? static_cast<std::uint8_t>(groupOf(byte / 16)) : std::uint8_t{0x80};
    m_zeroOfHalf = LoadU(Bytes(), index);
  }

  /// Decodes slab `slab` of the row into slab `to` of row `row` of the tile.
  void decode(std::size_t slab, TileCodes& tile, std::uint32_t row, std::size_t to) {
    const Dots d;
    const hn::Repartition<std::uint64_t, Dots> pairs;
    const std::uint8_t* bytes = codes(slab * kSlabBytes);
    VHalves first[4], second[4];
    decodeQuarter(bytes, first);
    decodeQuarter(bytes + kQuarterBytes, second);
    const VHalves firstZero = zerosOf(2 * slab), secondZero = zerosOf(2 * slab + 1);
    std::uint64_t* out = tile.steps[row] + to * kBlocks * kPairSteps;
    for (std::size_t n = 0; n < 4; ++n, out += 4 * kBlocks) {
      const VDots a = BitCast(d, Sub(first[n], firstZero)), b = BitCast(d, Sub(second[n], secondZero));
      StoreU(BitCast(pairs, InterleaveLower(d, a, b)), pairs, out);
      StoreU(BitCast(pairs, InterleaveUpper(d, a, b)), pairs, out + 2 * kBlocks);
    }
    std::uint32_t* scale = tile.scales[row] + to * 2 * kBlocks;
    for (std::size_t lane = 0; lane < 2 * kBlocks; ++lane)
      scale[lane] = loadU16(scales(groupOf(chunkOf(slab, lane / 2, lane))));
  }

 private:
  using Bytes = hn::Repartition<std::uint8_t, Halves>;

  /// Returns the zero points of the chunks of a quarter, one in each half of its codes.
  VHalves zerosOf(std::size_t quarter) const {
    std::uint32_t ofBlocks;
    std::memcpy(&ofBlocks, zeros(groupOf(quarter * kBlocks)), sizeof ofBlocks);
    return BitCast(Halves(), TableLookupBytesOr0(BitCast(Bytes(), Set(Words(), ofBlocks)), m_zeroOfHalf));
  }

  hn::Vec<Bytes> m_zeroOfHalf;
};

/// Prefetches the codes that are decoded next, in parts, during the multiplication of others, so that the
/// memory is always busy.
struct Ahead {
  static constexpr std::size_t kRowBytes = kSlabsAtOnce * kSlabBytes;
  static constexpr std::size_t kPartBytes = kTileRows * kRowBytes / (kSlabsAtOnce * kBlocks);
  static_assert(kRowBytes % kPartBytes == 0, "a part is of one row");

  const std::uint8_t* first;  // of the first row
  std::size_t rowBytes;

  HWY_INLINE void announcePart(std::size_t part) const {
    const std::size_t at = part * kPartBytes;
    announce(first + at / kRowBytes * rowBytes + at % kRowBytes, kPartBytes);
  }
};

/// Multiplies `slabs` slabs of kTileRows decoded rows by the vectors of a tile; sums[row][vector].
HWY_INLINE void multiplyTile(const TileCodes& tile, std::size_t slabs, const std::int16_t* mantissas,
                             const std::uint32_t* shifts, const Ahead& ahead, std::int64_t* sums) {
  const hn::Repartition<std::uint64_t, Dots> pairsOf;
  VSums total[kTileRows];
  for (std::uint32_t row = 0; row < kTileRows; ++row) total[row] = Zero(Sums());
  for (std::size_t slab = 0; slab < slabs; ++slab) {
    for (std::size_t pair = 0; pair < kBlocks; ++pair) {
      const std::size_t first = slab * kBlocks * kPairSteps + 2 * pair;
      ahead.announcePart(slab * kBlocks + pair);
      PairSums dots[kTileRows];
#pragma GCC unroll 16
      for (std::size_t step = 0; step < kPairSteps; ++step) {
        const VHalves vectors = Load(Halves(), mantissas + step * 2 * kLanes);
        const std::size_t at = first + step / 2 * 2 * kBlocks + step % 2;
        for (std::uint32_t row = 0; row < kTileRows; ++row)
          dots[row].add(vectors, BitCast(Halves(), Set(pairsOf, tile.steps[row][at])));
      }
      mantissas += kPairSteps * 2 * kLanes;
      const VWords shift = Load(Words(), shifts);
      shifts += kLanes;
      for (std::uint32_t row = 0; row < kTileRows; ++row) {
        std::uint64_t ofPair;
        std::memcpy(&ofPair, &tile.scales[row][2 * (slab * kBlocks + pair)], sizeof ofPair);
        const VWords scale = BitCast(Words(), Set(pairsOf, ofPair));
        total[row] = addScaled(total[row], dots[row].total(), Shl(scale, shift));
      }
    }
  }
  for (std::uint32_t row = 0; row < kTileRows; ++row)
    Store(total[row], Sums(), sums + std::size_t{row} * kTileVectors);
}

inline void addProductsByTiles(const MacBlock& block, const std::uint8_t* weightRows,
                               const ArrangedInputs& inputs, std::int64_t* sums, std::uint32_t pitch) {
  const std::size_t rowBytes = weightRowBytes(block.k, block.format);
  const std::size_t slabs = (block.k + kSlabCodes - 1) / kSlabCodes;
  const std::size_t pairs = inputs.padded / (2 * kChunk);
  SlabReader weights(block, weightRows);
  HWY_ALIGN TileCodes tile;
  HWY_ALIGN std::int64_t results[kTileRows * kTileVectors];
  if (block.rows < kTileRows) std::memset(&tile, 0, sizeof tile);  // missing rows are never decoded
  for (std::uint32_t row = 0; row < std::min(kTileRows, block.rows); ++row)
    announce(weightRows + row * rowBytes, weights.metaBytes() + Ahead::kRowBytes);
  for (std::size_t firstSlab = 0; firstSlab < slabs; firstSlab += kSlabsAtOnce) {
    const std::size_t count = std::min<std::size_t>(kSlabsAtOnce, slabs - firstSlab);
    for (std::uint32_t firstRow = 0; firstRow < block.rows; firstRow += kTileRows) {
      const std::uint32_t rows = std::min(kTileRows, block.rows - firstRow);
      const bool last = firstRow + kTileRows >= block.rows;
      const std::size_t nextRow = last ? 0 : firstRow + kTileRows,
                        nextSlab = last ? firstSlab + count : firstSlab;
      const Ahead ahead{weightRows + nextRow * rowBytes + weights.metaBytes() + nextSlab * kSlabBytes,
                        rowBytes};
      for (std::uint32_t row = 0; row < rows; ++row) {
        weights.open(weightRows + (firstRow + row) * rowBytes, firstSlab * 2 * kBlocks,
                     std::min<std::size_t>((firstSlab + count) * 2 * kBlocks, block.k / kChunk));
        for (std::size_t slab = 0; slab < count; ++slab) weights.decode(firstSlab + slab, tile, row, slab);
      }
      for (std::uint32_t firstVector = 0; firstVector < block.vectors; firstVector += kTileVectors) {
        const std::size_t at = firstVector / kTileVectors * pairs + firstSlab * kBlocks;
        multiplyTile(tile, count, inputs.mantissas + at * kPairSteps * 2 * kLanes,
                     inputs.shifts + at * kLanes, ahead, results);
        const std::uint32_t vectors = std::min(kTileVectors, block.vectors - firstVector);
        for (std::uint32_t v = 0; v < vectors; ++v)
          for (std::uint32_t row = 0; row < rows; ++row)
            accumulate(sums[std::size_t{firstVector + v} * pitch + firstRow + row],
                       results[row * kTileVectors + v]);
      }
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace pim
HWY_AFTER_NAMESPACE();

#endif
