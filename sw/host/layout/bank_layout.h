#pragma once

#include <cstdint>
#include <vector>

#include "abi/pim_plan.h"
#include "core/base/chip_shape.h"
#include "core/base/model_shape.h"
#include "sw/host/layout/mapping_options.h"
#include "sw/host/layout/model_matrices.h"

namespace pim::host {

/// The distribution of KV heads over banks.
struct HeadMapping {
  std::uint32_t headsPerRound;  ///< KV heads that the chip takes at once
  std::uint32_t rounds;         ///< how often it has to
  std::uint32_t setBanks;       ///< banks of a die that one layer takes
  std::uint32_t sets;           ///< layers that can have banks of their own
};

HeadMapping mapHeads(const ModelShape& shape, const ChipShape& chip, const MappingOptions& options);

/// The DRAM of a bank, which is the same for all banks: the matrices of the layers, the head, the embedding
/// if it lies in the banks, and the KV cache in the remaining space.
class BankLayout {
 public:
  /// UserError: the matrices cannot be cut to fit BRAM. Does not check that they fit the DRAM.
  BankLayout(const ModelShape& shape, const ChipShape& chip, const MappingOptions& options,
             bool embeddingInBanks);

  /// Writes the matrices, the embedding and the start of the cache.
  void fill(pim_plan& plan, std::vector<pim_layer>& layers) const;

  const ModelMatrices& matrices() const { return m_matrices; }
  const HeadMapping& heads() const { return m_heads; }
  std::uint64_t weightBytes() const { return m_weightBytes; }  ///< in each bank, embedding included
  std::uint64_t embeddingBytes() const {
    return m_embeddingBytes;
  }                                                       ///< in each bank; 0 if the head serves as table
  std::uint64_t cacheBytes(std::uint32_t context) const;  ///< in each bank
  /// Bytes that each bank lacks for a cache of `context` tokens.
  std::uint64_t missing(std::uint32_t context) const;
  /// Number of tokens for which the cache has room.
  std::uint32_t maxContext() const;

 private:
  void place();
  void placeEmbedding();
  std::uint32_t take(std::uint64_t bytes);
  std::uint64_t regions() const;

  ModelShape m_shape;
  ChipShape m_chip;
  MappingOptions m_options;
  bool m_embeddingInBanks;
  HeadMapping m_heads;
  ModelMatrices m_matrices;
  std::vector<pim_layer> m_layers;
  pim_matrix m_head{};
  std::uint32_t m_embeddingRows = 0;
  std::uint32_t m_embeddingOffset = 0;
  std::uint64_t m_embeddingBytes = 0;
  std::uint64_t m_weightBytes = 0;
};

}  // namespace pim::host
