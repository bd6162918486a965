#pragma once

#include <cstdint>

#include "core/base/embedding_placement.h"
#include "core/base/memory_rates.h"
#include "core/formats/model_formats.h"
#include "sw/host/layout/block_mask.h"

namespace pim::host {

/// The choices for the layout and schedule of a model on a chip.
struct MappingOptions {
  ModelFormats weights;
  BlockMask mask;
  std::uint32_t activationBits = 16;
  std::uint32_t kvBits = 16;
  std::uint32_t columnParts = 1;   ///< 1: rows over all banks (1-D); c: rows and c parts of the columns (2-D)
  std::uint32_t banksPerHead = 1;  ///< more than 1: softmax in the Controller
  bool fuseQkv = false;
  bool fuseGateUp = false;
  std::uint32_t tokenTile = 16;  ///< upper bound: see ModelMatrices; it also gives way to the context
  EmbeddingPlacement embedding = EmbeddingPlacement::kAuto;
  /// If not CRAM, that is left to the ring and the tables.
  ControllerMemoryKind activations = ControllerMemoryKind::kCram;
  bool overlap = true;
  std::uint32_t tilesInFlight = 2;
  std::uint32_t queueDepth = 256;  ///< commands the ring holds
  bool cachedProgram = false;      ///< a decode step is a program, recorded once
  bool fuseResidualNorm = false;   ///< ADD_RMSNORM in place of ADD and RMSNORM
};

}  // namespace pim::host
