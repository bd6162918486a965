#pragma once

#include <cstdint>

#include "core/base/model_shape.h"
#include "platform/config/config.h"
#include "sim/analysis/closed_form.h"

namespace pim::sim {

/// The K tiles into which a layout cut the inputs of the matrices for BRAM. The closed form cannot compute
/// them.
struct LayoutChoices {
  std::uint32_t qkvTile = 0, outputTile = 0, gateUpTile = 0, downTile = 0,
                headTile = 0;  ///< elements of a K tile
  bool embeddingInBanks = false;
};

/// The corrected closed form with the widths that this chip uses: bytes from the formats in abi/pim_layout.h
/// and the operands in docs/commands.md, times at peak rates. It is exact if only the three bandwidths limit
/// the chip (preset `ideal`). Otherwise the simulated time is longer by DRAM row changes, pipelines and
/// waiting. `context` includes the token itself. One message brings a matrix its input.
DecodeCost chipDecode(const ModelShape& shape, const platform::Config& config, const LayoutChoices& choices,
                      std::uint32_t context);

}  // namespace pim::sim
