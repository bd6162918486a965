#pragma once

#include <cstdint>

#include "abi/pim_plan.h"
#include "sw/host/layout/mapping_options.h"

namespace pim::host {

/// Distributes a matrix over `slots` banks in the way of abi/pim_plan.h, as one K tile at offset 0 and
/// without a format. UserError: k is not a multiple of the group, or there are more column parts than banks.
pim_matrix dealOut(std::uint32_t rows, std::uint32_t k, std::uint32_t slots, const MappingOptions& options);

/// Cuts the matrix evenly into the fewest K tiles of at most maxGroups groups.
void cutTiles(pim_matrix& matrix, std::uint32_t maxGroups, std::uint32_t group);

inline std::uint32_t tileCount(const pim_matrix& matrix) {
  return (matrix.k + matrix.k_tile - 1) / matrix.k_tile;
}

/// The format of a matrix of a model whose matrices have `all`'s group and scales.
WeightFormat formatOf(const pim_matrix& matrix, const ModelFormats& all);
WeightFormat formatOf(const pim_matrix& matrix, const pim_plan& plan);
void setFormat(pim_matrix& matrix, const WeightFormat& format);

/// Bytes of a bank's slice.
std::uint32_t sliceBytes(const pim_matrix& matrix, const ModelFormats& all);

/// Elements of a result row, padding to whole slots included.
std::uint32_t resultWidth(const pim_matrix& matrix);

/// Bytes that the results of `tokens` vectors take in a bank.
std::uint32_t bankResultBytes(const pim_matrix& matrix, std::uint32_t tokens);

/// Bytes that the input records of `tokens` vectors take in Controller memory.
std::uint32_t inputBytes(const pim_matrix& matrix, std::uint32_t tokens, const MappingOptions& options);

}  // namespace pim::host
