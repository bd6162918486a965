#include "sw/host/layout/mapping_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <string>

#include "abi/pim_plan.h"
#include "core/arith/attention.h"
#include "core/base/error.h"

namespace pim::host {

void checkOptions(const ChipShape& chip, const MappingOptions& options) {
  const auto expect = [](bool holds, const std::string& message) {
    if (!holds) throw UserError(message);
  };
  expect(chip.dies > 0 && chip.banksPerDie > 0, "chip.dies, chip.banks_per_die: expected at least 1");
  expect(chip.slots() <= std::numeric_limits<std::uint16_t>::max(),
         fmt::format("chip.dies={}: at most 65535 banks in all", chip.dies));
  expect(chip.bmemBytes <= std::uint64_t{1} << 31, "bank.bmem_mib: at most 2048");
  expect(std::uint64_t{chip.cmemBase} + chip.cmemBytes <= std::uint64_t{1} << 32,
         "controller.cmem_mib: CMEM must end below 4 GiB of the Controller's bus");
  expect(std::uint64_t{chip.externalBase} + chip.externalBytes <= std::uint64_t{1} << 32,
         "controller.external_mib: external memory must end below 4 GiB of the Controller's bus");
  expect(options.banksPerHead > 0 && options.banksPerHead <= chip.banksPerDie,
         fmt::format("mapping.banks_per_head={}: a head's banks lie in one die, which has {}",
                     options.banksPerHead, chip.banksPerDie));
  expect(options.tokenTile > 0, "mapping.token_tile: expected at least 1");
  expect(
      options.tilesInFlight >= 1 && options.tilesInFlight <= PIM_MAX_IN_FLIGHT,
      fmt::format("schedule.tiles_in_flight={}: expected 1..{}", options.tilesInFlight, +PIM_MAX_IN_FLIGHT));
  expect(options.mask.isNone() || options.banksPerHead == 1,
         fmt::format("attention.mask: expected mapping.banks_per_head=1, got {}", options.banksPerHead));
  expect(options.queueDepth > 0, "controller.queue_depth: expected at least 1");
}

namespace {

/// Checks that the rows of every matrix consist of whole groups.
void checkGroup(const ModelShape& shape, std::uint32_t group) {
  const std::uint32_t rows[] = {shape.hidden, shape.queryWidth(), shape.mlp};
  const auto divides = [&](std::uint32_t size) {
    return std::all_of(std::begin(rows), std::end(rows),
                       [size](std::uint32_t row) { return row % size == 0; });
  };
  if (divides(group)) return;
  std::string others;
  for (const std::uint32_t other : {128u, 64u, 32u}) {
    if (divides(other)) others += fmt::format("{}{}", others.empty() ? "" : " or ", other);
  }
  throw UserError(fmt::format(
      "model {}: weights.group={}: rows of {}, {} and {} weights have no whole number of groups; expected {}",
      shape.name, group, shape.hidden, shape.queryWidth(), shape.mlp,
      others.empty() ? "another model, as none of 32, 64, 128 divides them" : others));
}

}  // namespace

void checkShape(const ModelShape& shape, const MappingOptions& options) {
  const auto expect = [&](bool holds, const char* message) {
    if (!holds) throw UserError(fmt::format("model {}: {}", shape.name, message));
  };
  expect(shape.layers > 0 && shape.hidden > 0 && shape.mlp > 0 && shape.vocab > 0,
         "all sizes must be at least 1");
  expect(shape.kvHeads > 0 && shape.heads > 0 && shape.heads % shape.kvHeads == 0,
         "heads must be a multiple of kv_heads");
  expect(shape.headsPerKvHead() <= 255, "at most 255 query heads share a KV head");
  expect(shape.headDim > 0 && shape.headDim % 2 == 0 && shape.headDim <= kMaxHeadDim,
         "head_dim must be even and at most 1024");
  checkGroup(shape, options.weights.group());
  expect(shape.headDim * options.kvBits % 8 == 0, "head_dim times kv.bits must be whole bytes");
}

}  // namespace pim::host
