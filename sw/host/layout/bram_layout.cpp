#include "sw/host/layout/bram_layout.h"

#include <algorithm>
#include <cstddef>
#include <limits>

#include "abi/pim_layout.h"
#include "sw/host/layout/matrix_layout.h"

namespace pim::host {
namespace {

std::uint32_t aligned(std::uint32_t bytes) {
  return pim_round_up(bytes, PIM_COLUMN_BYTES);
}

/// Returns the buffers for K tiles of at most `groups` groups with `resultBuffers` result buffers; nothing if
/// they do not fit.
std::optional<MatrixBuffers> tryGroups(const std::vector<TiledMatrix>& matrices, std::uint32_t groups,
                                       std::uint32_t resultBuffers, std::uint32_t minimumVector,
                                       const ChipShape& chip, const MappingOptions& options) {
  const std::uint32_t group = options.weights.group();
  std::uint64_t vector = minimumVector, result = 0, mantissas = 0;
  for (const TiledMatrix& tiled : matrices) {
    pim_matrix cut = *tiled.matrix;
    cutTiles(cut, groups, group);
    vector = std::max<std::uint64_t>(
        vector,
        std::uint64_t{tiled.tokens} * pim_activation_record_bytes(cut.k_tile, group, options.activationBits));
    mantissas = std::max(mantissas, std::uint64_t{tiled.tokens} * cut.k_tile * options.activationBits / 8);
    result = std::max<std::uint64_t>(result, bankResultBytes(cut, tiled.tokens));
  }
  vector = pim_round_up(static_cast<std::uint32_t>(vector), PIM_COLUMN_BYTES);
  result = pim_round_up(static_cast<std::uint32_t>(result), PIM_COLUMN_BYTES);
  if (chip.vectorBufferBytes != 0 && mantissas > chip.vectorBufferBytes) return std::nullopt;
  if (2 * vector + resultBuffers * result > chip.bramBytes) return std::nullopt;
  if (vector > chip.dieRamBytes || result > chip.dieRamBytes) return std::nullopt;

  // The remaining BRAM enlarges the input buffers, so that fewer messages transfer a token's input.
  if (chip.vectorBufferBytes == 0)
    vector = std::min<std::uint64_t>(chip.dieRamBytes, (chip.bramBytes - resultBuffers * result) / 2) /
             PIM_COLUMN_BYTES * PIM_COLUMN_BYTES;
  const auto v = static_cast<std::uint32_t>(vector), r = static_cast<std::uint32_t>(result);
  MatrixBuffers buffers;
  buffers.vector[0] = {0, v};
  buffers.vector[1] = {v, v};
  buffers.result[0] = {2 * v, r};
  buffers.result[1] = resultBuffers == 2 ? pim_range{2 * v + r, r} : buffers.result[0];
  buffers.inputBytes = chip.vectorBufferBytes == 0 ? std::min(2 * v, chip.dieRamBytes) : v;
  buffers.maxGroups = groups;
  return buffers;
}

std::optional<MatrixBuffers> longestTiles(const std::vector<TiledMatrix>& matrices,
                                          std::uint32_t resultBuffers, std::uint32_t minimumVector,
                                          const ChipShape& chip, const MappingOptions& options) {
  std::uint32_t groups = 1;
  for (const TiledMatrix& tiled : matrices)
    groups = std::max(groups, tiled.matrix->k / options.weights.group());
  for (; groups > 0; --groups)
    if (auto buffers = tryGroups(matrices, groups, resultBuffers, minimumVector, chip, options))
      return buffers;
  return std::nullopt;
}

std::uint64_t tilesOf(const std::vector<TiledMatrix>& matrices, std::uint32_t maxGroups,
                      std::uint32_t group) {
  std::uint64_t tiles = 0;
  for (const TiledMatrix& tiled : matrices) tiles += pim_ceil_div(tiled.matrix->k / group, maxGroups);
  return tiles;
}

struct TokenBytes {
  std::uint32_t query, value, vectors;
};

TokenBytes bytesOfToken(const ModelShape& shape, const MappingOptions& options) {
  const std::uint32_t vectors = shape.headsPerKvHead();
  const std::uint32_t sumBytes = options.banksPerHead > 1 ? 8 : 4;
  return {pim_query_record_bytes(vectors, shape.headDim), vectors * shape.headDim * sumBytes, vectors};
}

}  // namespace

std::optional<MatrixBuffers> fitMatrixBuffers(const std::vector<TiledMatrix>& matrices,
                                              std::uint32_t minimumVector, const ChipShape& chip,
                                              const MappingOptions& options) {
  const std::uint32_t group = options.weights.group();
  auto buffers = longestTiles(matrices, 1, minimumVector, chip, options);
  if (!buffers) return std::nullopt;
  const auto doubled = longestTiles(matrices, 2, minimumVector, chip, options);
  if (doubled && tilesOf(matrices, doubled->maxGroups, group) == tilesOf(matrices, buffers->maxGroups, group))
    buffers = doubled;
  for (const TiledMatrix& tiled : matrices) cutTiles(*tiled.matrix, buffers->maxGroups, group);
  return buffers;
}

AttentionBuffers fitAttention(const ModelShape& shape, std::uint32_t context, std::uint32_t maxTokens,
                              const ChipShape& chip, const MappingOptions& options) {
  const TokenBytes token = bytesOfToken(shape, options);
  AttentionBuffers buffers;
  buffers.pitch = pim_round_up(pim_ceil_div(context, options.banksPerHead), 2);
  const bool scoresTravel = options.banksPerHead > 1;
  for (std::uint32_t tokens = maxTokens; tokens > 0; --tokens) {
    const std::uint64_t score = std::uint64_t{tokens} * token.vectors * buffers.pitch * 4;
    if (score > chip.bramBytes || (scoresTravel && score > chip.dieRamBytes)) continue;
    if (tokens * token.query > chip.dieRamBytes || tokens * token.value > chip.dieRamBytes) continue;
    buffers.query = {0, aligned(tokens * token.query)};
    buffers.score = {buffers.query.bytes, aligned(static_cast<std::uint32_t>(score))};
    buffers.value = {buffers.score.offset + buffers.score.bytes, aligned(tokens * token.value)};
    if (buffers.value.offset + buffers.value.bytes > chip.bramBytes) continue;
    buffers.tokens = tokens;
    break;
  }
  return buffers;
}

std::uint32_t longestAttention(const ModelShape& shape, const ChipShape& chip,
                               const MappingOptions& options) {
  const TokenBytes token = bytesOfToken(shape, options);
  const std::uint32_t fixed = aligned(token.query) + aligned(token.value);
  if (fixed >= chip.bramBytes || token.query > chip.dieRamBytes || token.value > chip.dieRamBytes) return 0;
  std::uint32_t scores = (chip.bramBytes - fixed) / PIM_COLUMN_BYTES * PIM_COLUMN_BYTES;
  if (options.banksPerHead > 1)
    scores = std::min(scores, chip.dieRamBytes / PIM_COLUMN_BYTES * PIM_COLUMN_BYTES);
  const std::uint64_t pitch = scores / (token.vectors * 4) / 2 * 2;
  return static_cast<std::uint32_t>(
      std::min<std::uint64_t>(pitch * options.banksPerHead, std::numeric_limits<std::uint32_t>::max()));
}

}  // namespace pim::host
