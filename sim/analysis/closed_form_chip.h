#pragma once

#include <cstdint>

#include "core/base/model_shape.h"
#include "platform/config/config.h"
#include "sim/analysis/closed_form.h"

namespace pim::sim {

/// How a layout cut the inputs of the matrices for BRAM: the one thing that the closed form cannot know by
/// itself.
struct LayoutChoices {
  std::uint32_t qkvTile = 0, outputTile = 0, gateUpTile = 0, downTile = 0,
                headTile = 0;  ///< elements of a K tile
  bool embeddingInBanks = false;
};

/// The corrected closed form at the widths that this chip really uses: bytes from the formats in
/// abi/pim_layout.h and the operands in docs/commands.md, times at peak rates. Exact where nothing but the
/// three bandwidths bounds (the `ideal` preset); elsewhere what is missing to the simulated time is DRAM row
/// changes, pipelines and waiting. `context` counts the token itself. One message brings a matrix its input.
DecodeCost chipDecode(const ModelShape& shape, const platform::Config& config, const LayoutChoices& choices,
                      std::uint32_t context);

}  // namespace pim::sim
