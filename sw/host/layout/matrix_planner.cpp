#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "abi/pim_abi.h"
#include "core/base/error.h"
#include "sw/host/layout/bram_layout.h"
#include "sw/host/layout/controller_memory.h"
#include "sw/host/layout/mapping_checks.h"
#include "sw/host/layout/matrix_layout.h"
#include "sw/host/layout/plan_fields.h"
#include "sw/host/layout/planner.h"

namespace pim::host {

Layout planMatrix(std::uint32_t rows, std::uint32_t k, std::uint32_t batch, const ChipShape& chip,
                  const MappingOptions& options) {
  checkOptions(chip, options);
  if (rows == 0 || k == 0 || batch == 0) throw UserError("gemv: rows, cols and batch must be at least 1");
  Layout layout;
  pim_plan& plan = layout.plan;
  plan.head = dealOut(rows, k, chip.slots(), options);
  setFormat(plan.head, options.weights.of(MatrixKind::Head));
  std::optional<MatrixBuffers> buffers;
  for (plan.token_tile = std::min(batch, options.tokenTile); plan.token_tile > 0; --plan.token_tile)
    if ((buffers = fitMatrixBuffers({{&plan.head, plan.token_tile}}, 0, chip, options))) break;
  if (!buffers) {
    throw UserError(
        fmt::format("bank.bram_kib={}, die.ram_kib={}: too small for a vector of one group and a result",
                    chip.bramBytes >> 10, chip.dieRamBytes >> 10));
  }
  const std::uint64_t bytes = sliceBytes(plan.head, options.weights);
  if (bytes > chip.bmemBytes) {
    throw UserError(
        fmt::format("the matrix does not fit: each bank is short of {} bytes; more chip.dies or a larger "
                    "bank.bmem_mib would do",
                    bytes - chip.bmemBytes));
  }
  setOptions(plan, chip, options);
  setMatrixBuffers(plan, *buffers);
  plan.hidden = k;
  plan.vocab = rows;
  plan.head_pitch = resultWidth(plan.head);

  ControllerMemory memory(chip, options.activations);
  layout.planAddress = memory.take("plan", sizeof(pim_plan));
  layout.jobAddress = memory.take("job", sizeof(pim_job));
  plan.ring_size = options.queueDepth;
  plan.ring = memory.take("ring", std::uint64_t{plan.ring_size} * PIM_COMMAND_BYTES);
  plan.buffers[0].residual = memory.takeActivations("vectors", std::uint64_t{batch} * k * 4);
  for (std::uint32_t tile = 0; tile < plan.tiles_in_flight; ++tile) {
    plan.buffers[tile].activation =
        memory.takeActivations("activation", inputBytes(plan.head, plan.token_tile, options));
    if (plan.head.column_parts > 1) {
      plan.buffers[tile].partial = memory.takeActivations(
          "partial", std::uint64_t{plan.head.slots} * plan.token_tile * plan.head.rows * 8);
    }
  }
  plan.logits = memory.takeActivations("results", std::uint64_t{batch} * plan.head_pitch * 4);
  layout.controllerMemory = memory.placements();
  const std::uint64_t missing =
      memory.missingIn(ControllerMemoryKind::kCmem) + memory.missingIn(ControllerMemoryKind::kExternal);
  if (missing != 0)
    throw UserError(fmt::format("gemv: the Controller's memory is short of {} bytes", missing));
  return layout;
}

}  // namespace pim::host
