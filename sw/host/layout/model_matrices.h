#pragma once

#include <cstdint>
#include <vector>

#include "core/base/chip_shape.h"
#include "core/base/model_shape.h"
#include "sw/host/layout/bram_layout.h"
#include "sw/host/layout/mapping_options.h"

namespace pim::host {

/// The matrices of a model, distributed over a chip and cut into K tiles: those of one layer and the head.
/// All layers are alike except for their formats.
class ModelMatrices {
 public:
  /// Chooses the largest token tile, up to options.tokenTile, whose K tiles are long enough. Short K tiles
  /// cost every token time, because their scales are padded to columns, and decode uses the same rows as
  /// prefill. UserError: !fit().
  ModelMatrices(const ModelShape& shape, const ChipShape& chip, const MappingOptions& options);

  /// Returns whether BRAM and the dies' RAM have room for the vectors of a single token.
  static bool fit(const ModelShape& shape, const ChipShape& chip, const MappingOptions& options);

  const pim_layer& layer() const { return m_layer; }
  const pim_matrix& head() const { return m_head; }
  std::uint32_t tokenTile() const { return m_tokenTile; }
  const MatrixBuffers& buffers() const { return m_buffers; }

  /// The matrices that exist in the layer, in their order in the banks.
  static std::vector<pim_matrix*> of(pim_layer& layer);
  /// Sets the formats of the matrices of layer `index`. UserError: fused matrices have different formats.
  static void setFormats(pim_layer& layer, std::uint32_t index, const ModelFormats& formats);

 private:
  ModelMatrices() = default;
  void dealOutAll(const ModelShape& shape, const ChipShape& chip, const MappingOptions& options);
  bool tryTile(std::uint32_t tokens, const ModelShape& shape, const ChipShape& chip,
               const MappingOptions& options);
  std::uint64_t bankBytes(const ModelFormats& formats);

  pim_layer m_layer{};
  pim_matrix m_head{};
  std::uint32_t m_tokenTile = 0;
  MatrixBuffers m_buffers;
};

}  // namespace pim::host
