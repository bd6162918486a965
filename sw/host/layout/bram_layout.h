#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "abi/pim_plan.h"
#include "core/base/chip_shape.h"
#include "core/base/model_shape.h"
#include "sw/host/layout/mapping_options.h"

namespace pim::host {

/// A matrix and the number of vectors by which it is multiplied at once: a token tile, or one for the head.
struct TiledMatrix {
  pim_matrix* matrix;
  std::uint32_t tokens;
};

/// Input and result buffers of a bank.
struct MatrixBuffers {
  pim_range vector[2]{};
  pim_range result[2]{};
  std::uint32_t inputBytes = 0;  ///< pim_plan::bram_input_bytes
  std::uint32_t maxGroups = 0;   ///< groups of the longest K tile
};

// DieRAM bounds a transfer, and so an input buffer and what a bank answers at once.

/// Finds the longest K tiles for which two input buffers and the results fit into BRAM; with two result
/// buffers if that needs no additional tile, else with one. minimumVector: bytes that an input buffer must
/// hold in any case. Returns nothing if not even one group fits. Cuts the matrices into these tiles.
std::optional<MatrixBuffers> fitMatrixBuffers(const std::vector<TiledMatrix>& matrices,
                                              std::uint32_t minimumVector, const ChipShape& chip,
                                              const MappingOptions& options);

/// Queries, scores and results of attention. They use BRAM from its start, alone.
struct AttentionBuffers {
  pim_range query{}, score{}, value{};
  std::uint32_t tokens = 0;  ///< of an attention tile
  std::uint32_t pitch = 0;   ///< elements of a score row
};

/// Returns the largest attention tile, up to maxTokens, for sequences of `context` tokens; tokens = 0 if none
/// fits.
AttentionBuffers fitAttention(const ModelShape& shape, std::uint32_t context, std::uint32_t maxTokens,
                              const ChipShape& chip, const MappingOptions& options);

/// Returns the longest sequence for which fitAttention has room for one token.
std::uint32_t longestAttention(const ModelShape& shape, const ChipShape& chip, const MappingOptions& options);

}  // namespace pim::host
