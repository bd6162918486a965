#include "sw/host/layout/program_size.h"

#include "abi/pim_abi.h"
#include "abi/pim_layout.h"
#include "sw/host/layout/matrix_layout.h"

namespace pim::host {
namespace {

/// SENDs of its input, MACs, and what brings its results back.
std::uint32_t commandsOf(const pim_matrix& matrix, const pim_plan& plan, const MappingOptions& options) {
  const std::uint32_t part = inputBytes(matrix, 1, options) / matrix.column_parts;
  const bool atOnce = part <= plan.bram_vector[0].bytes || part <= plan.bram_input_bytes;
  const std::uint32_t tiles = tileCount(matrix);
  return (atOnce ? 1 : tiles) + tiles + (matrix.column_parts > 1 ? 2 : 1);
}

std::uint32_t commandsOf(const pim_matrix* matrices, std::uint32_t count, const pim_plan& plan,
                         const MappingOptions& options) {
  std::uint32_t sum = 0;
  for (std::uint32_t i = 0; i < count; ++i) sum += commandsOf(matrices[i], plan, options);
  return sum;
}

}  // namespace

std::uint64_t ProgramSize::commandBytes() const {
  return std::uint64_t{commands} * PIM_COMMAND_BYTES;
}

std::uint64_t ProgramSize::noteBytes() const {
  return std::uint64_t{notes} * 2 * sizeof(std::uint32_t);
}

ProgramSize programSize(const pim_plan& plan, const std::vector<pim_layer>& layers,
                        const MappingOptions& options, bool embeddingInBanks) {
  const std::uint32_t rounds = pim_ceil_div(plan.kv_heads, plan.heads_per_round);
  const bool inBank = plan.banks_per_head == 1;
  // KV records sent and stored, queries sent, scores; then softmax, P x V and what moves between them.
  const std::uint32_t ofRound = 4 + (inBank ? 3 : 6);
  const std::uint32_t notesOfRound = 1 + (inBank ? 6 : 15);
  const std::uint32_t norm = plan.fuse_residual_norm ? 1 : 2;  // with the ADD before it
  const std::uint32_t aluOfLayer =
      norm + 3 + 1 + norm + 1;  // in front of QKV, attention, output, gate/up, down
  ProgramSize size;
  // The row of the embedding; and of the layers' ADDs the first goes and one comes behind the last.
  size.commands = (embeddingInBanks ? 1 : 0) + 1;
  for (const pim_layer& layer : layers) {
    size.commands += aluOfLayer + rounds * ofRound + commandsOf(layer.qkv, plan.qkv_matrices, plan, options) +
                     commandsOf(layer.output, plan, options) +
                     commandsOf(layer.gate_up, plan.gate_up_matrices, plan, options) +
                     commandsOf(layer.down, plan, options);
    size.notes += 1 + 2 + rounds * notesOfRound;
  }
  size.commands += 1 + commandsOf(plan.head, plan, options) + 1;
  return size;
}

}  // namespace pim::host
