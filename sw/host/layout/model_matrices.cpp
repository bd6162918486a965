#include "sw/host/layout/model_matrices.h"

#include <fmt/format.h>

#include "abi/pim_layout.h"
#include "core/base/chip_limits.h"
#include "core/base/error.h"
#include "sw/host/layout/matrix_layout.h"

namespace pim::host {
namespace {

constexpr std::uint32_t kTileOverheadPercent = 10;

}  // namespace

ModelMatrices::ModelMatrices(const ModelShape& shape, const ChipShape& chip, const MappingOptions& options) {
  dealOutAll(shape, chip, options);
  if (!tryTile(1, shape, chip, options))
    throw UserError("bank.bram_kib: too small for the input and result of a single token");
  const std::uint64_t most = bankBytes(options.weights) * (100 + kTileOverheadPercent) / 100;
  for (std::uint32_t tokens = options.tokenTile; tokens > 1; --tokens)
    if (tryTile(tokens, shape, chip, options) && bankBytes(options.weights) <= most) return;
  tryTile(1, shape, chip, options);
}

bool ModelMatrices::fit(const ModelShape& shape, const ChipShape& chip, const MappingOptions& options) {
  ModelMatrices matrices;
  matrices.dealOutAll(shape, chip, options);
  return matrices.tryTile(1, shape, chip, options);
}

std::vector<pim_matrix*> ModelMatrices::of(pim_layer& layer) {
  std::vector<pim_matrix*> all;
  for (pim_matrix& matrix : layer.qkv)
    if (matrix.rows != 0) all.push_back(&matrix);
  all.push_back(&layer.output);
  for (pim_matrix& matrix : layer.gate_up)
    if (matrix.rows != 0) all.push_back(&matrix);
  all.push_back(&layer.down);
  return all;
}

namespace {

/// Returns the common format of matrices that are fused in the banks.
WeightFormat commonFormat(std::initializer_list<MatrixKind> kinds, std::uint32_t layer,
                          const ModelFormats& formats, const char* key) {
  const MatrixKind first = *kinds.begin();
  for (const MatrixKind other : kinds) {
    const WeightFormat a = formats.of(first, layer), b = formats.of(other, layer);
    if (a == b) continue;
    throw UserError(fmt::format(
        "weights.bits: layer {}: {} has {} bits and {} {}: {} makes them one matrix; expected {}=off", layer,
        nameOf(first), a.weightBits, nameOf(other), b.weightBits, key, key));
  }
  return formats.of(first, layer);
}

}  // namespace

void ModelMatrices::setFormats(pim_layer& layer, std::uint32_t index, const ModelFormats& formats) {
  using Kind = MatrixKind;
  const auto set = [&](pim_matrix* matrices, std::initializer_list<Kind> kinds, const char* key) {
    if (matrices[1].rows == 0) return setFormat(matrices[0], commonFormat(kinds, index, formats, key));
    for (const Kind kind : kinds) setFormat(*matrices++, formats.of(kind, index));
  };
  set(layer.qkv, {Kind::Query, Kind::Key, Kind::Value}, "mapping.fuse_qkv");
  set(layer.gate_up, {Kind::Gate, Kind::Up}, "mapping.fuse_gate_up");
  setFormat(layer.output, formats.of(Kind::Output, index));
  setFormat(layer.down, formats.of(Kind::Down, index));
}

void ModelMatrices::dealOutAll(const ModelShape& shape, const ChipShape& chip,
                               const MappingOptions& options) {
  const auto deal = [&](std::uint32_t rows, std::uint32_t k) {
    return dealOut(rows, k, chip.slots(), options);
  };
  if (options.fuseQkv) {
    m_layer.qkv[0] = deal(shape.queryWidth() + 2 * shape.kvWidth(), shape.hidden);
  } else {
    m_layer.qkv[0] = deal(shape.queryWidth(), shape.hidden);
    m_layer.qkv[1] = deal(shape.kvWidth(), shape.hidden);
    m_layer.qkv[2] = deal(shape.kvWidth(), shape.hidden);
  }
  m_layer.output = deal(shape.hidden, shape.queryWidth());
  if (options.fuseGateUp) {
    m_layer.gate_up[0] = deal(2 * shape.mlp, shape.hidden);
  } else {
    m_layer.gate_up[0] = deal(shape.mlp, shape.hidden);
    m_layer.gate_up[1] = deal(shape.mlp, shape.hidden);
  }
  m_layer.down = deal(shape.hidden, shape.mlp);
  m_head = deal(shape.vocab, shape.hidden);
  setFormats(m_layer, 0, options.weights);
  setFormat(m_head, options.weights.of(MatrixKind::Head));
}

bool ModelMatrices::tryTile(std::uint32_t tokens, const ModelShape& shape, const ChipShape& chip,
                            const MappingOptions& options) {
  std::vector<TiledMatrix> tiled{{&m_head, 1}};
  for (pim_matrix* matrix : of(m_layer)) tiled.push_back({matrix, tokens});
  const std::uint32_t storeBytes = 2 * pim_kv_record_bytes(shape.headDim, options.kvBits);
  const auto buffers = fitMatrixBuffers(tiled, storeBytes, chip, options);
  if (!buffers) return false;
  m_tokenTile = tokens;
  m_buffers = *buffers;
  return true;
}

/// Returns the bytes of the first layer and the head in a bank.
std::uint64_t ModelMatrices::bankBytes(const ModelFormats& formats) {
  std::uint64_t bytes = sliceBytes(m_head, formats);
  for (const pim_matrix* matrix : of(m_layer)) bytes += sliceBytes(*matrix, formats);
  return bytes;
}

}  // namespace pim::host
