#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/base/error.h"
#include "sw/host/fpga/operators.h"

namespace pim::host::fpga {

using namespace pim::fpga;

namespace {

constexpr double kBlockElements = kBlock * kBlock;
constexpr std::uint32_t kTileBlocks = kMmRows / kBlock;

UnitSet onlyIf(bool condition, Unit unit) {
  return condition ? UnitSet(unit) : UnitSet();
}

/// The rows of a prefill, in blocks, for one pass over the weights.
struct Tile {
  std::uint32_t begin, end;
  bool first, last;
  std::uint32_t index;
  std::uint32_t blocks() const { return end - begin; }
};

std::vector<Tile> tilesOf(std::uint32_t rows) {
  const std::uint32_t blocks = blocksOf(rows);
  std::vector<Tile> tiles;
  for (std::uint32_t begin = 0; begin < blocks; begin += kTileBlocks) {
    const std::uint32_t end = std::min(begin + kTileBlocks, blocks);
    tiles.push_back({begin, end, begin == 0, end == blocks, begin / kTileBlocks});
  }
  return tiles;
}

void requireActivations(std::uint32_t blocks, const CompilerOptions& options) {
  if (blocks <= options.depths.a) return;
  throw UserError(fmt::format("fpga.a_buffer_depth: expected room for {} elements of {} rows ({}), got {}",
                              blocks * kBlock, kMmRows, blocks, options.depths.a));
}

void fusedMisc(Emitter& emitter, const Linear& linear, const Tile& tile, std::uint32_t column, bool room,
               const CompilerOptions& options) {
  const Operand operand{0, kMmRows, tile.begin * kBlock, column * kMmOutputs, kMmOutputs, 0, 0};
  const UnitSet done = Unit::Store | onlyIf(room, Unit::MatrixMatrix);
  // As published: one row of 16 elements per block.
  const double elements = tile.blocks() * kBlock * (options.fullMisc ? kBlock : 1.0);
  if (linear.fused == Fused::Silu) {
    emitter.misc(MiscOperation::Silu, elements, Unit::MatrixMatrix, done, operand);
    return;
  }
  const int operands = linear.fused == Fused::Rope ? 2 : 1;
  for (int i = 0; i < operands; ++i) {
    Group group(emitter);
    for (std::uint32_t block = tile.begin; block < tile.end; ++block)
      emitter.load(kBlockElements, Route::AllChannels);
    group.frame({}, Unit::Misc);
  }
  if (linear.fused == Fused::Elementwise) {
    emitter.misc(MiscOperation::Elementwise, elements, Unit::Load | Unit::MatrixMatrix, done, operand);
    return;
  }
  emitter.misc(MiscOperation::Elementwise, elements, Unit::Load | Unit::MatrixMatrix, {}, operand);
  emitter.misc(MiscOperation::Elementwise, elements, Unit::Load, {}, operand);
  emitter.misc(MiscOperation::Elementwise, elements, {}, done, operand);
}

/// The blocks of 16 columns that a head keeps in each row of blocks.
class HeadMask {
 public:
  HeadMask(const LayerMask& layer, std::uint32_t head, std::uint32_t blocks)
      : m_layer(layer), m_head(head), m_blocks(blocks) {}

  bool keeps(std::uint32_t row, std::uint32_t column) const {
    constexpr std::uint32_t kPerMaskBlock = kMaskBlock / kBlock;
    return m_layer.mask.keeps(m_layer.layer, m_head, row / kPerMaskBlock, column / kPerMaskBlock);
  }
  std::uint32_t kept(std::uint32_t row) const {
    std::uint32_t count = 0;
    for (std::uint32_t column = 0; column < m_blocks; ++column) count += keeps(row, column) ? 1 : 0;
    return count;
  }
  bool anyRowKeeps(const Tile& tile, std::uint32_t column) const {
    for (std::uint32_t row = tile.begin; row < tile.end; ++row) {
      if (keeps(row, column)) return true;
    }
    return false;
  }
  /// Returns the lengths of the runs of adjacent kept blocks.
  std::vector<std::uint32_t> runs(std::uint32_t row) const {
    std::vector<std::uint32_t> lengths;
    bool inside = false;
    for (std::uint32_t column = 0; column < m_blocks; ++column) {
      const bool kept = keeps(row, column);
      if (kept && !inside) lengths.push_back(0);
      if (kept) ++lengths.back();
      inside = kept;
    }
    return lengths;
  }

 private:
  LayerMask m_layer;
  std::uint32_t m_head;
  std::uint32_t m_blocks;
};

/// The parts of a head's product that fit into the buffers at once.
struct HeadDepths {
  std::uint32_t columns;  ///< MM instructions whose columns the B buffer holds
  std::uint32_t tiles;    ///< tiles whose results the global buffer holds
};

HeadDepths headDepths(std::uint32_t inputBlocks, std::uint32_t outputBlocks, const CompilerOptions& options) {
  constexpr std::uint32_t kPerBlock = kBlock * kBlock / kBWidthMm;
  const HeadDepths depths{options.depths.b / (inputBlocks * kPerBlock), options.depths.global / outputBlocks};
  if (depths.columns < 2) {
    throw UserError(fmt::format("fpga.b_buffer_depth: expected room for two times {} blocks ({}), got {}",
                                inputBlocks, 2 * kPerBlock * inputBlocks, options.depths.b));
  }
  if (depths.tiles < 2) {
    throw UserError(
        fmt::format("fpga.global_buffer_depth: expected room for two tiles of {} blocks ({}), got {}",
                    outputBlocks, 2 * outputBlocks, options.depths.global));
  }
  return depths;
}

/// The MM instructions for one tile of one head, with the loads of their columns.
struct Columns {
  std::uint32_t head;
  std::vector<std::uint32_t> outputBlocks;
  std::uint32_t inputBlocks;
  UnitSet results;  ///< units that the last instruction releases
  Unit consumer;    ///< unit that makes room in the global buffer
  bool waitForRoom;
};

void columnsMm(Emitter& emitter, const Tile& tile, const Columns& columns, std::uint32_t depth,
               const CompilerOptions& options) {
  const double inputs = columns.inputBlocks * kBlock;
  const std::size_t count = columns.outputBlocks.size();
  for (std::size_t i = 0; i < count; ++i) {
    const bool last = i + 1 == count;
    emitter.load(inputs * kBlock * options.kvBits / 8, Route::CrossChannel,
                 onlyIf(i >= depth, Unit::MatrixMatrix), Unit::MatrixMatrix);
    const bool loadWaits = i + depth < count || (last && !tile.last);
    emitter.matrixMatrix(double{kMmRows} * kMmOutputs * inputs,
                         Unit::Load | onlyIf(columns.waitForRoom && i == 0, columns.consumer),
                         onlyIf(loadWaits, Unit::Load) | (last ? columns.results : UnitSet()),
                         {static_cast<std::uint16_t>(columns.head), kMmRows, tile.begin * kBlock,
                          columns.outputBlocks[i] * kBlock, kMmOutputs, 0, columns.inputBlocks});
  }
}

}  // namespace

void linearMm(Emitter& emitter, std::uint32_t rows, const Linear& linear, const CompilerOptions& options) {
  const std::uint32_t blocks = blocksOf(linear.inputs);
  requireActivations(blocks, options);
  constexpr std::uint32_t kPerBlock = kBlock * kBlock / kBWidthMm;
  const Pieces pieces = cutIntoPieces(blocks, options.depths.b, kPerBlock, std::uint64_t{kPerBlock} * blocks,
                                      options.depths.b, "fpga.b_buffer_depth");
  const std::uint32_t columns = blocksOf(linear.outputs);
  const auto total = static_cast<std::uint32_t>(columns * pieces.blocks.size());
  const std::uint32_t room = options.depths.global;
  const std::uint32_t rowBlocks = blocksOf(rows);
  const bool fused = linear.fused != Fused::Nothing;
  const Unit consumer = fused ? Unit::Misc : Unit::Store;

  if (linear.bias) emitter.load(linear.biasBytes(), Route::OneChannel);
  for (const Tile& tile : tilesOf(rows)) {
    Group activations(emitter);
    for (std::uint32_t block = tile.begin; block < tile.end; ++block)
      emitter.load(kBlockElements * blocks, Route::AllChannels);
    activations.frame(onlyIf(!tile.first, Unit::MatrixMatrix), {});

    std::uint32_t step = 0;
    for (std::uint32_t column = 0; column < columns; ++column) {
      std::uint32_t begin = 0;  // start of the piece, in blocks
      for (std::size_t i = 0; i < pieces.blocks.size(); ++i, ++step) {
        const bool lastPiece = i + 1 == pieces.blocks.size();
        const bool lastOfTile = step + 1 == total;
        const double weights = pieces.blocks[i] * kBlockElements;
        emitter.load(weightBytes(weights, linear.density, options), Route::CrossChannel,
                     onlyIf(step >= pieces.depth, Unit::MatrixMatrix), Unit::MatrixMatrix);
        const bool loadWaits = step + pieces.depth < total || (lastOfTile && !tile.last);
        emitter.matrixMatrix(
            kMmRows * weights * linear.density, Unit::Load | onlyIf(lastPiece && column >= room, consumer),
            onlyIf(loadWaits, Unit::Load) | onlyIf(lastPiece, consumer),
            {0, kMmRows, tile.begin * kBlock, column * kMmOutputs, kMmOutputs, begin, pieces.blocks[i]});
        begin += pieces.blocks[i];
      }
      const bool roomWaits = column + room < columns;  // an MM waits until this column's results have left
      if (fused) fusedMisc(emitter, linear, tile, column, roomWaits, options);
      Group results(emitter);
      for (std::uint32_t block = tile.begin; block < tile.end; ++block) {
        // As published: stores a number of rows where bytes are expected.
        const bool lastRows = block + 1 == rowBlocks;
        emitter.store(lastRows ? rows - kBlock * (rowBlocks - 1) : kBlockElements, Route::AllChannels);
      }
      results.frame(fused ? Unit::Misc : Unit::MatrixMatrix, onlyIf(roomWaits && !fused, Unit::MatrixMatrix));
    }
  }
}

void scoreMm(Emitter& emitter, const ModelShape& shape, std::uint32_t rows, const LayerMask& layerMask,
             const CompilerOptions& options) {
  const std::uint32_t inputBlocks = blocksOf(shape.headDim);
  const std::uint32_t columns = blocksOf(rows);
  requireActivations(inputBlocks, options);
  const HeadDepths depths = headDepths(inputBlocks, columns, options);
  const std::vector<Tile> tiles = tilesOf(rows);
  for (std::uint32_t head = 0; head < shape.heads; ++head) {
    const HeadMask mask(layerMask, head, columns);
    for (const Tile& tile : tiles) {
      Group queries(emitter);
      for (std::uint32_t block = tile.begin; block < tile.end; ++block)
        emitter.load(kBlockElements * inputBlocks, Route::AllChannels);
      queries.frame(onlyIf(!tile.first, Unit::MatrixMatrix), {});

      std::vector<std::uint32_t> kept;
      for (std::uint32_t column = 0; column < columns; ++column) {
        if (mask.anyRowKeeps(tile, column)) kept.push_back(column);
      }
      columnsMm(emitter, tile,
                {head, std::move(kept), inputBlocks, Unit::Misc, Unit::Misc, tile.index >= depths.tiles},
                depths.columns, options);
      const bool roomWaits = tile.index + depths.tiles < tiles.size();
      for (std::uint32_t block = tile.begin; block < tile.end; ++block) {
        const std::uint32_t keptHere = mask.kept(block);
        const bool last = block + 1 == tile.end;
        Group softmax(emitter);
        for (std::uint32_t row = 0; row < kBlock; ++row)
          emitter.misc(
              MiscOperation::Softmax, keptHere * kBlock, {}, {},
              {static_cast<std::uint16_t>(head), 1, block * kBlock + row, 0, columns * kBlock, 0, 0});
        softmax.frame(onlyIf(block == tile.begin, Unit::MatrixMatrix),
                      Unit::Store | onlyIf(roomWaits && last, Unit::MatrixMatrix));
        emitter.store(kBlockElements * keptHere, Route::AllChannels, Unit::Misc);
      }
    }
  }
}

void contextMm(Emitter& emitter, const ModelShape& shape, std::uint32_t rows, const LayerMask& layerMask,
               const CompilerOptions& options) {
  const std::uint32_t inputBlocks = blocksOf(rows);
  const std::uint32_t columns = blocksOf(shape.headDim);
  requireActivations(inputBlocks, options);
  const HeadDepths depths = headDepths(inputBlocks, columns, options);
  const std::vector<Tile> tiles = tilesOf(rows);
  std::vector<std::uint32_t> allColumns(columns);
  std::iota(allColumns.begin(), allColumns.end(), 0U);
  for (std::uint32_t head = 0; head < shape.heads; ++head) {
    const HeadMask mask(layerMask, head, inputBlocks);
    for (const Tile& tile : tiles) {
      Group weights(emitter);
      for (std::uint32_t block = tile.begin; block < tile.end; ++block) {
        const std::uint32_t masked = inputBlocks - mask.kept(block);
        if (masked != 0) emitter.load(kBlockElements * masked, Route::ZeroFill);
        for (const std::uint32_t run : mask.runs(block))
          emitter.load(kBlockElements * run, Route::AllChannels);
      }
      weights.frame(onlyIf(!tile.first, Unit::MatrixMatrix), {});

      columnsMm(emitter, tile,
                {head, allColumns, inputBlocks, Unit::Store, Unit::Store, tile.index >= depths.tiles},
                depths.columns, options);
      const bool roomWaits = tile.index + depths.tiles < tiles.size();
      Group results(emitter);
      for (std::uint32_t block = tile.begin; block < tile.end; ++block)
        emitter.store(kBlockElements * columns, Route::AllChannels);
      results.frame(Unit::MatrixMatrix, onlyIf(roomWaits, Unit::MatrixMatrix));
    }
  }
}

}  // namespace pim::host::fpga
