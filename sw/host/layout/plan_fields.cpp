#include "sw/host/layout/plan_fields.h"

#include <algorithm>

namespace pim::host {

void setOptions(pim_plan& plan, const ChipShape& chip, const MappingOptions& options) {
  plan.magic = PIM_PLAN_MAGIC;
  plan.version = PIM_PLAN_VERSION;
  plan.dies = chip.dies;
  plan.banks_per_die = chip.banksPerDie;
  plan.scale_bits = static_cast<std::uint8_t>(options.weights.scaleBits());
  plan.activation_bits = static_cast<std::uint8_t>(options.activationBits);
  plan.kv_bits = static_cast<std::uint8_t>(options.kvBits);
  const WeightFormat embedding = options.weights.of(MatrixKind::Embedding);
  plan.embedding_bits = static_cast<std::uint8_t>(embedding.weightBits);
  plan.embedding_scale_bits = static_cast<std::uint8_t>(embedding.scaleBits);
  plan.embedding_zero_bits = static_cast<std::uint8_t>(embedding.zeroBits);
  plan.group = options.weights.group();
  plan.qkv_matrices = options.fuseQkv ? 1 : 3;
  plan.gate_up_matrices = options.fuseGateUp ? 1 : 2;
  plan.banks_per_head = options.banksPerHead;
  plan.tiles_in_flight = options.tilesInFlight;
  plan.overlap = options.overlap;
  plan.fuse_residual_norm = options.fuseResidualNorm;
}

void setMatrixBuffers(pim_plan& plan, const MatrixBuffers& buffers) {
  std::copy_n(buffers.vector, 2, plan.bram_vector);
  std::copy_n(buffers.result, 2, plan.bram_result);
  plan.bram_input_bytes = buffers.inputBytes;
}

}  // namespace pim::host
