#pragma once

#include <cstdint>
#include <vector>

#include "core/base/chip_shape.h"
#include "core/base/model_shape.h"
#include "sw/host/layout/bram_layout.h"
#include "sw/host/layout/mapping_options.h"

namespace pim::host {

/// The matrices of a model dealt out over a chip and cut into K tiles: those of one layer, all layers being
/// alike but for their formats, and the head.
class ModelMatrices {
 public:
  /// Takes the largest token tile, up to options.tokenTile, for which short K tiles do not spoil what every
  /// token pays: their scales are padded to columns, and the rows of decode are those of prefill. Throws
  /// UserError when BRAM is too small for a single token.
  ModelMatrices(const ModelShape& shape, const ChipShape& chip, const MappingOptions& options);

  const pim_layer& layer() const { return m_layer; }
  const pim_matrix& head() const { return m_head; }
  std::uint32_t tokenTile() const { return m_tokenTile; }
  const MatrixBuffers& buffers() const { return m_buffers; }

  /// Those of the layer that exist, in the order in which they lie in the banks.
  static std::vector<pim_matrix*> of(pim_layer& layer);
  /// Gives the matrices of layer `index` their formats. Throws UserError where those that are fused differ.
  static void setFormats(pim_layer& layer, std::uint32_t index, const ModelFormats& formats);

 private:
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
