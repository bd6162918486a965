#include "core/formats/model_formats.h"

#include <cmath>

namespace pim {

const char* nameOf(MatrixKind kind) {
  constexpr const char* kNames[kMatrixKinds] = {"q",  "k",    "v",    "output",   "gate",
                                                "up", "down", "head", "embedding"};
  return kNames[static_cast<std::size_t>(kind)];
}

WeightFormat ModelFormats::of(MatrixKind kind, std::uint32_t layer) const {
  if (kind == MatrixKind::Embedding && m_wideEmbedding) return {m_all.group, 16, 0, 0, 0};
  WeightFormat format = kind == MatrixKind::Embedding ? m_all.withSparsity(0) : m_all;
  if (m_turns.low != 0) format = format.withBits(bitsInTurn(kind, layer));
  for (const Exception& exception : m_exceptions) {
    if (exception.kind == kind && exception.layer.value_or(layer) == layer)
      format = format.withBits(exception.bits);
  }
  return format;
}

std::uint32_t ModelFormats::bitsInTurn(MatrixKind kind, std::uint32_t layer) const {
  if (kind == MatrixKind::Head || kind == MatrixKind::Embedding) return m_turns.high;
  constexpr double kRounding = 1e-9;
  const auto before = [&](std::uint32_t layers) {
    return std::floor(layers * m_turns.highShare + kRounding);
  };
  return before(layer + 1) > before(layer) ? m_turns.high : m_turns.low;
}

void ModelFormats::setBits(MatrixKind kind, std::optional<std::uint32_t> layer, std::uint32_t bits) {
  m_exceptions.push_back({kind, layer, bits});
}

ModelFormats ModelFormats::with(std::uint32_t group, bool storesZeros) const {
  ModelFormats formats = *this;
  formats.m_all.group = group;
  formats.m_all.zeroBits = storesZeros ? storedZeroBits(m_all.weightBits) : 0;
  return formats;
}

}  // namespace pim
