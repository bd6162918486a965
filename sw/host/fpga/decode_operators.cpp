#include <fmt/format.h>

#include <algorithm>

#include "core/base/error.h"
#include "sw/host/fpga/operators.h"

namespace pim::host::fpga {

using namespace pim::fpga;

namespace {

UnitSet onlyIf(bool condition, Unit unit) {
  return condition ? UnitSet(unit) : UnitSet();
}

/// The distribution of one MV's outputs over the channels: blocks of 16, one channel after another.
struct MvTile {
  explicit MvTile(const CompilerOptions& options)
      : blocks(options.mvOutputs / kBlock), rounds(divideUp(blocks, kLoadChannels)) {}

  /// Returns the number of blocks in a channel if `existing` blocks exist from the tile's start on.
  std::uint32_t blocksOfChannel(std::uint32_t channel, std::uint32_t existing) const {
    if (existing <= channel) return 0;
    return std::min(rounds, divideUp(existing - channel, kLoadChannels));
  }

  std::uint32_t blocks;
  std::uint32_t rounds;  ///< per channel, for all blocks
};

/// Returns the blocks of outputs to load for tile `tile` of a matrix: those that exist from the tile on. With
/// `padded`, as published, all blocks of the matrix.
std::uint32_t loadedBlocks(std::uint32_t allBlocks, std::uint32_t tile, const MvTile& of, bool padded) {
  return padded ? allBlocks : allBlocks - tile * of.blocks;
}

std::uint32_t computedOutputs(std::uint32_t outputs, std::uint32_t tile, const CompilerOptions& options) {
  if (options.outputPadding) return options.mvOutputs;
  return std::min(options.mvOutputs, outputs - tile * options.mvOutputs);
}

void fusedMisc(Emitter& emitter, Fused fused, std::uint32_t tile, bool last, const CompilerOptions& options) {
  const double elements = options.mvOutputs;
  const Operand operand{0, 1, 0, tile * options.mvOutputs, options.mvOutputs, 0, 0};
  const UnitSet done = onlyIf(last, Unit::Store);
  if (fused == Fused::Silu) {
    emitter.misc(MiscOperation::Silu, elements, Unit::MatrixVector, done, operand);
    return;
  }
  const int operands = fused == Fused::Rope ? 2 : 1;  // sines and cosines
  for (int i = 0; i < operands; ++i) {
    Group group(emitter);
    for (std::uint32_t channel = 0; channel < kLoadChannels; ++channel)
      emitter.load(elements, Route::AllChannels);
    group.frame({}, Unit::Misc);
  }
  if (fused == Fused::Elementwise) {
    emitter.misc(MiscOperation::Elementwise, elements, Unit::Load | Unit::MatrixVector, done, operand);
    return;
  }
  emitter.misc(MiscOperation::Elementwise, elements, Unit::Load | Unit::MatrixVector, {},
               operand);                                                        // times sines
  emitter.misc(MiscOperation::Elementwise, elements, Unit::Load, {}, operand);  // times cosines
  emitter.misc(MiscOperation::Elementwise, elements, {}, done, operand);        // their sum
}

/// Multiplies a vector per head by a matrix per head in the cache, `outputs` by `inputs`.
struct HeadProduct {
  std::uint32_t heads;
  std::uint32_t outputs;
  std::uint32_t inputs;
  bool softmax;
};

void headsMv(Emitter& emitter, const HeadProduct& product, const CompilerOptions& options) {
  const MvTile tile(options);
  const std::uint32_t outputBlocks = blocksOf(product.outputs);
  const std::uint32_t inputs = blocksOf(product.inputs) * kBlock;
  const std::uint32_t calls = divideUp(outputBlocks, tile.blocks);
  const std::uint32_t addresses = kBlock * inputs * tile.rounds / kAWidthMv;
  const std::uint32_t depth = options.depths.a / addresses;
  if (depth < 2) {
    throw UserError(
        fmt::format("fpga.a_buffer_depth: expected room for two times {} elements of {} outputs ({}), got {}",
                    product.inputs, options.mvOutputs, 2 * addresses, options.depths.a));
  }
  const std::uint64_t vectors = std::uint64_t{product.heads} * divideUp(inputs, kBWidthMv);
  if (vectors > options.depths.b) {
    throw UserError(fmt::format("fpga.b_buffer_depth: expected room for {} elements of {} heads ({}), got {}",
                                product.inputs, product.heads, vectors, options.depths.b));
  }

  emitter.load(double{1} * product.heads * product.inputs, Route::CrossChannel);
  for (std::uint32_t head = 0; head < product.heads; ++head) {
    const bool lastHead = head + 1 == product.heads;
    for (std::uint32_t call = 0; call < calls; ++call) {
      const bool lastCall = call + 1 == calls;
      const std::uint32_t blocks = loadedBlocks(outputBlocks, call, tile, options.loadPadding);
      Group group(emitter);
      for (std::uint32_t channel = 0; channel < kLoadChannels; ++channel) {
        const std::uint32_t own = tile.blocksOfChannel(channel, blocks);
        if (own != 0)
          emitter.load(double{1} * own * kBlock * inputs * options.kvBits / 8, Route::AllChannels);
      }
      group.frame(onlyIf(call >= depth, Unit::MatrixVector), Unit::MatrixVector);
      const UnitSet result =
          product.softmax ? onlyIf(lastCall, Unit::Misc) : onlyIf(lastCall && lastHead, Unit::Store);
      emitter.matrixVector(double{1} * computedOutputs(product.outputs, call, options) * inputs, Unit::Load,
                           onlyIf(call + depth < calls, Unit::Load) | result,
                           {static_cast<std::uint16_t>(head), 1, 0, call * options.mvOutputs,
                            options.mvOutputs, 0, blocksOf(inputs)});
    }
    if (product.softmax) {
      emitter.misc(MiscOperation::Softmax, outputBlocks * kBlock, Unit::MatrixVector,
                   onlyIf(lastHead, Unit::Store),
                   {static_cast<std::uint16_t>(head), 1, 0, 0, product.outputs, 0, 0});
    }
  }
  emitter.store(double{1} * product.heads * product.outputs, Route::OneChannel,
                product.softmax ? Unit::Misc : Unit::MatrixVector);
}

}  // namespace

void linearMv(Emitter& emitter, const Linear& linear, const CompilerOptions& options) {
  const MvTile tile(options);
  const std::uint32_t blocks = blocksOf(linear.inputs);
  constexpr std::uint32_t kPerBlock = kBlock * kBlock / kAWidthMv;
  const Pieces pieces =
      cutIntoPieces(blocks, options.depths.a, kPerBlock, std::uint64_t{kPerBlock} * tile.rounds * blocks,
                    options.depths.b, "fpga.a_buffer_depth");
  const std::uint32_t outputBlocks = blocksOf(linear.outputs);
  const std::uint32_t groups = divideUp(outputBlocks, tile.blocks);
  const auto total = static_cast<std::uint32_t>(groups * pieces.blocks.size());

  emitter.load(linear.inputs, Route::CrossChannel);
  if (linear.bias) emitter.load(linear.biasBytes(), Route::OneChannel);
  std::uint32_t step = 0;
  for (std::uint32_t output = 0; output < groups; ++output) {
    const bool lastGroup = output + 1 == groups;
    const std::uint32_t existing = loadedBlocks(outputBlocks, output, tile, options.loadPadding);
    std::uint32_t begin = 0;  // start of the piece, in blocks
    for (std::size_t i = 0; i < pieces.blocks.size(); ++i, ++step) {
      const bool lastPiece = i + 1 == pieces.blocks.size();
      const double inputs = pieces.blocks[i] * kBlock;
      Group group(emitter);
      for (std::uint32_t channel = 0; channel < kLoadChannels; ++channel) {
        const std::uint32_t own = tile.blocksOfChannel(channel, existing);
        if (own != 0)
          emitter.load(weightBytes(own * kBlock * inputs, linear.density, options), Route::AllChannels);
      }
      group.frame(onlyIf(step >= pieces.depth, Unit::MatrixVector), Unit::MatrixVector);
      const UnitSet result = linear.fused == Fused::Nothing ? onlyIf(lastPiece && lastGroup, Unit::Store)
                                                            : onlyIf(lastPiece, Unit::Misc);
      emitter.matrixVector(computedOutputs(linear.outputs, output, options) * inputs * linear.density,
                           Unit::Load, onlyIf(step + pieces.depth < total, Unit::Load) | result,
                           {0, 1, 0, output * options.mvOutputs, options.mvOutputs, begin, pieces.blocks[i]});
      begin += pieces.blocks[i];
    }
    if (linear.fused != Fused::Nothing) fusedMisc(emitter, linear.fused, output, lastGroup, options);
  }
  emitter.store(linear.outputs, Route::OneChannel,
                linear.fused == Fused::Nothing ? Unit::MatrixVector : Unit::Misc);
}

void concatMv(Emitter& emitter, std::uint64_t cachedElements, const CompilerOptions& options) {
  const std::uint64_t elements = divideUp<std::uint64_t>(cachedElements, kLoadChannels);
  for (std::uint32_t channel = 0; channel < kLoadChannels; ++channel)
    emitter.load(static_cast<double>(elements) * options.kvBits / 8, Route::AllChannels);
  emitter.store(0, Route::OneChannel);  // waits for nothing, as published
}

void scoreMv(Emitter& emitter, const ModelShape& shape, std::uint32_t context,
             const CompilerOptions& options) {
  headsMv(emitter, {shape.heads, context, shape.headDim, true}, options);
}

void contextMv(Emitter& emitter, const ModelShape& shape, std::uint32_t context,
               const CompilerOptions& options) {
  headsMv(emitter, {shape.heads, shape.headDim, context, false}, options);
}

}  // namespace pim::host::fpga
