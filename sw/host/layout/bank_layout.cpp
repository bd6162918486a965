#include "sw/host/layout/bank_layout.h"

#include <algorithm>
#include <limits>

#include "abi/pim_layout.h"
#include "sw/host/layout/matrix_layout.h"

namespace pim::host {

HeadMapping mapHeads(const ModelShape& shape, const ChipShape& chip, const MappingOptions& options) {
  HeadMapping mapping{};
  mapping.headsPerRound = chip.dies * (chip.banksPerDie / options.banksPerHead);
  mapping.rounds = pim_ceil_div(shape.kvHeads, mapping.headsPerRound);
  const std::uint32_t groups = std::min(shape.kvHeads, mapping.headsPerRound);
  mapping.setBanks = pim_ceil_div(groups, chip.dies) * options.banksPerHead;
  mapping.sets = std::min(chip.banksPerDie / mapping.setBanks, shape.layers);
  return mapping;
}

BankLayout::BankLayout(const ModelShape& shape, const ChipShape& chip, const MappingOptions& options,
                       bool embeddingInBanks)
    : m_shape(shape),
      m_chip(chip),
      m_options(options),
      m_embeddingInBanks(embeddingInBanks),
      m_heads(mapHeads(shape, chip, options)),
      m_matrices(shape, chip, options),
      m_layers(shape.layers, m_matrices.layer()),
      m_head(m_matrices.head()) {
  for (std::uint32_t l = 0; l < shape.layers; ++l) ModelMatrices::setFormats(m_layers[l], l, options.weights);
  place();
}

std::uint32_t BankLayout::take(std::uint64_t bytes) {
  const std::uint64_t offset = m_weightBytes;
  m_weightBytes += bytes;
  return static_cast<std::uint32_t>(offset);
}

void BankLayout::place() {
  for (pim_layer& layer : m_layers)
    for (pim_matrix* matrix : ModelMatrices::of(layer))
      matrix->bmem = take(sliceBytes(*matrix, m_options.weights));
  m_head.bmem = take(sliceBytes(m_head, m_options.weights));
  if (m_embeddingInBanks) placeEmbedding();
}

/// Places the embedding table. A tied head serves as the table if none of its rows is divided.
void BankLayout::placeEmbedding() {
  const WeightFormat format = m_options.weights.of(MatrixKind::Embedding);
  const bool sameFormat = format == m_options.weights.of(MatrixKind::Head);
  if (m_shape.tiedEmbeddings && sameFormat && m_options.columnParts == 1 && tileCount(m_head) == 1) {
    m_embeddingRows = m_head.rows;
    m_embeddingOffset = m_head.bmem;
    return;
  }
  m_embeddingRows = pim_ceil_div(m_shape.vocab, m_chip.slots());
  m_embeddingBytes = std::uint64_t{m_embeddingRows} * weightRowBytes(m_shape.hidden, format);
  m_embeddingOffset = take(m_embeddingBytes);
}

void BankLayout::fill(pim_plan& plan, std::vector<pim_layer>& layers) const {
  layers = m_layers;
  plan.head = m_head;
  plan.embedding_row_bytes = weightRowBytes(m_shape.hidden, m_options.weights.of(MatrixKind::Embedding));
  plan.embedding_rows = m_embeddingRows;
  plan.embedding_bmem = m_embeddingOffset;
  plan.heads_per_round = m_heads.headsPerRound;
  plan.kv_sets = m_heads.sets;
  plan.kv_set_banks = m_heads.setBanks;
  plan.kv_bmem = static_cast<std::uint32_t>(m_weightBytes);
}

std::uint64_t BankLayout::regions() const {
  return std::uint64_t{2} * pim_ceil_div(m_shape.layers, m_heads.sets) * m_heads.rounds;
}

std::uint64_t BankLayout::cacheBytes(std::uint32_t context) const {
  const std::uint64_t blocks =
      pim_ceil_div(pim_ceil_div(context, m_options.banksPerHead), PIM_KV_BLOCK_TOKENS);
  return regions() * blocks * pim_kv_block_bytes(m_shape.headDim, m_options.kvBits);
}

std::uint64_t BankLayout::missing(std::uint32_t context) const {
  const std::uint64_t needed = m_weightBytes + cacheBytes(context);
  return needed > m_chip.bmemBytes ? needed - m_chip.bmemBytes : 0;
}

std::uint32_t BankLayout::maxContext() const {
  if (m_weightBytes >= m_chip.bmemBytes) return 0;
  const std::uint64_t block = pim_kv_block_bytes(m_shape.headDim, m_options.kvBits);
  const std::uint64_t blocks = (m_chip.bmemBytes - m_weightBytes) / (regions() * block);
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(
      blocks * PIM_KV_BLOCK_TOKENS * m_options.banksPerHead, std::numeric_limits<std::int32_t>::max()));
}

}  // namespace pim::host
