#include "sw/host/layout/matrix_layout.h"

#include <fmt/format.h>

#include "abi/pim_layout.h"
#include "core/arith/mac.h"
#include "core/base/error.h"

namespace pim::host {

pim_matrix dealOut(std::uint32_t rows, std::uint32_t k, std::uint32_t slots, const MappingOptions& options) {
  const std::uint32_t group = options.weights.group(), parts = options.columnParts;
  if (k % group != 0) {
    throw UserError(fmt::format(
        "weights.group={}: a matrix with rows of {} weights has no whole number of groups", group, k));
  }
  if (k > kMaxK)
    throw UserError(fmt::format("a matrix with rows of {} weights: at most {} are exact", k, kMaxK));
  if (parts == 0 || parts > slots || parts > 255)
    throw UserError(fmt::format("mapping.column_parts={}: expected 1..{}", parts, slots < 255 ? slots : 255));
  pim_matrix matrix{};
  matrix.total_rows = rows;
  // Column parts that extend beyond k are padded with zero weights and zero activations, which do not change
  // the sums.
  matrix.k = pim_ceil_div(k / group, parts) * group;
  matrix.k_tile = matrix.k;
  matrix.column_parts = static_cast<std::uint8_t>(parts);
  matrix.rows = pim_ceil_div(rows, slots / parts);
  matrix.slots = static_cast<std::uint16_t>(pim_ceil_div(rows, matrix.rows) * parts);
  return matrix;
}

void cutTiles(pim_matrix& matrix, std::uint32_t maxGroups, std::uint32_t group) {
  const std::uint32_t groups = matrix.k / group;
  const std::uint32_t tiles = pim_ceil_div(groups, maxGroups);
  matrix.k_tile = pim_ceil_div(groups, tiles) * group;
}

WeightFormat formatOf(const pim_matrix& matrix, const ModelFormats& all) {
  return {all.group(), matrix.weight_bits, all.scaleBits(), matrix.zero_bits, matrix.sparsity};
}

WeightFormat formatOf(const pim_matrix& matrix, const pim_plan& plan) {
  return {plan.group, matrix.weight_bits, plan.scale_bits, matrix.zero_bits, matrix.sparsity};
}

void setFormat(pim_matrix& matrix, const WeightFormat& format) {
  matrix.weight_bits = static_cast<std::uint8_t>(format.weightBits);
  matrix.zero_bits = static_cast<std::uint8_t>(format.zeroBits);
  matrix.sparsity = static_cast<std::uint8_t>(format.sparsity);
}

std::uint32_t sliceBytes(const pim_matrix& matrix, const ModelFormats& all) {
  const WeightFormat format = formatOf(matrix, all);
  return pim_weight_slice_bytes(matrix.rows, matrix.k, matrix.k_tile, format.group, format.weightBits,
                                format.scaleBits, format.zeroBits, format.sparsity);
}

std::uint32_t resultWidth(const pim_matrix& matrix) {
  return matrix.slots / matrix.column_parts * matrix.rows;
}

std::uint32_t bankResultBytes(const pim_matrix& matrix, std::uint32_t tokens) {
  const bool sums = matrix.column_parts > 1 || tileCount(matrix) > 1;
  return tokens * matrix.rows * (sums ? 8u : 4u);
}

std::uint32_t inputBytes(const pim_matrix& matrix, std::uint32_t tokens, const MappingOptions& options) {
  const auto record = [&](std::uint32_t k) {
    return pim_activation_record_bytes(k, options.weights.group(), options.activationBits);
  };
  const std::uint32_t full = matrix.k / matrix.k_tile, rest = matrix.k % matrix.k_tile;
  const std::uint32_t part = full * record(matrix.k_tile) + (rest ? record(rest) : 0);
  return matrix.column_parts * tokens * part;
}

}  // namespace pim::host
