#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/arith/attention.h"
#include "core/operations/bank/cache_columns.h"
#include "core/operations/bank/command_checks.h"
#include "core/operations/bank/seen_tokens.h"
#include "core/operations/bank_operation.h"

namespace pim {

/// The common part of SCORE, SOFTMAX and PV: query heads of one or more tokens process the cached tokens of a
/// head, of which each bank of the group holds a share.
class AttentionOperation : public BankOperation {
 public:
  using BankOperation::BankOperation;

 protected:
  static std::uint32_t vectorsOf(const pim_attention& attention) {
    return attention.tokens * attention.heads_per_group;
  }
  /// Returns the number of cached tokens in this bank that a vector of the `tokenInTile`-th token sees,
  /// without a mask.
  static std::uint32_t tokensSeen(const BankTask& task, std::uint32_t tokenInTile) {
    return pim_tokens_held(task.command.body.attention.length + tokenInTile, task.banks(), task.place());
  }
  /// Returns the same for all vectors: the largest number.
  static std::uint32_t tokensReached(const BankTask& task) {
    return tokensSeen(task, task.command.body.attention.tokens - 1);
  }
  /// Returns the number of these that the mask keeps, which are streamed.
  static std::uint32_t tokensStreamed(const BankTask& task) {
    return SeenTokens(task.command).count(tokensReached(task));
  }
  /// Returns the largest number of tokens that a bank of the group holds.
  static std::uint32_t mostHeld(const pim_command& command) {
    const pim_attention& attention = command.body.attention;
    return pim_tokens_held(attention.length + attention.tokens - 1, command.banks_per_group, 0);
  }
  /// Returns the words of a row, for all vectors.
  static std::uint64_t rowWords(const pim_attention& attention) {
    return std::uint64_t{attention.tokens} * attention.heads_per_group * attention.pitch;
  }

  /// Calls visit(vector, token, head, tokens): query head `head` of token `token` sees those of the first
  /// `tokens` cached tokens of this bank that the mask keeps.
  template <typename Visit>
  static void forEachVector(const BankTask& task, Visit visit) {
    const pim_attention& attention = task.command.body.attention;
    for (std::uint32_t t = 0; t < attention.tokens; ++t) {
      const std::uint32_t tokens = tokensSeen(task, t);
      for (std::uint32_t h = 0; h < attention.heads_per_group; ++h)
        visit(t * attention.heads_per_group + h, t, h, tokens);
    }
  }

  /// Makes the checks that the three commands have in common.
  static bool acceptsRows(const pim_command& command) {
    const pim_attention& attention = command.body.attention;
    if (attention.tokens == 0 || attention.tokens > kMostElements || attention.heads_per_group == 0)
      return false;
    if (attention.length == 0 || attention.length > kMostElements || attention.pitch > kMostElements)
      return false;
    const SeenTokens seen(command);
    if (seen.isMasked() &&
        (command.banks_per_group != 1 || attention.mask_blocks == 0 ||
         attention.mask_blocks > SeenTokens::kMostBlocks || seen.count(attention.length) == 0)) {
      return false;
    }
    return attention.pitch >= mostHeld(command) && areWords({attention.bram_in});
  }
};

/// The common part of SCORE and PV: they stream the K or V cache through the MAC array.
class CacheOperation : public AttentionOperation {
 public:
  CacheOperation() : AttentionOperation(BankUnitKind::MacArray) {}

  void appendRuns(const BankTask& task, std::vector<ColumnRun>& runs) const override {
    const pim_attention& attention = task.command.body.attention;
    const std::uint32_t blockBytes = pim_kv_block_bytes(attention.head_dim, attention.kv_bits);
    SeenTokens(task.command).forEachRun(tokensReached(task), [&](std::uint32_t first, std::uint32_t tokens) {
      const std::uint32_t rest = tokens % PIM_KV_BLOCK_TOKENS;
      std::uint32_t columns = tokens / PIM_KV_BLOCK_TOKENS * (blockBytes / PIM_COLUMN_BYTES);
      if (rest != 0)
        columns += 1 + pim_ceil_div(rest * attention.head_dim * attention.kv_bits / 8, PIM_COLUMN_BYTES);
      runs.push_back({attention.bmem + first / PIM_KV_BLOCK_TOKENS * blockBytes, columns, false});
    });
  }
  std::uint32_t vectors(const pim_command& command) const override {
    return vectorsOf(command.body.attention);
  }
  std::int64_t columnInterval(const BankTask& task, const BankCompute& compute) const override {
    const pim_attention& attention = task.command.body.attention;
    const std::uint32_t vectors = vectorsOf(attention);
    const std::int64_t tokens = tokensPerColumn(attention.head_dim, attention.kv_bits);
    return std::max(compute.columnInterval(vectors), compute.overhead ? vectors * tokens : 0);
  }
  std::uint64_t products(const BankTask& task) const override {
    const pim_attention& attention = task.command.body.attention;
    return std::uint64_t{tokensStreamed(task)} * attention.head_dim * vectorsOf(attention) *
           (attention.kv_bits / BankCompute::kCodeBits);
  }
  bool sameWork(const BankTask& a, const BankTask& b) const override {
    return tokensStreamed(a) == tokensStreamed(b) && blindTokens(a) == blindTokens(b);
  }

 protected:
  /// Calls visit(first, count, cells) for each run of cached tokens that a vector sees among the first
  /// `tokens`. The codes and meta bytes of token `first` begin a block at `cells`.
  template <typename Visit>
  static void forEachRun(const BankTask& task, const std::uint8_t* bmem, std::uint32_t tokens, Visit visit) {
    const pim_attention& attention = task.command.body.attention;
    const std::uint32_t blockBytes = pim_kv_block_bytes(attention.head_dim, attention.kv_bits);
    SeenTokens(task.command).forEachRun(tokens, [&](std::uint32_t first, std::uint32_t count) {
      visit(first, count, bmem + attention.bmem + first / PIM_KV_BLOCK_TOKENS * blockBytes);
    });
  }

  /// Returns the number of tokens of the tile that see no token of this bank: the first ones.
  static std::uint32_t blindTokens(const BankTask& task) {
    std::uint32_t blind = 0;
    while (blind < task.command.body.attention.tokens && tokensSeen(task, blind) == 0) ++blind;
    return blind;
  }

  static bool acceptsCache(const pim_command& command, const BankSizes& sizes) {
    if (!acceptsRows(command)) return false;
    const pim_attention& attention = command.body.attention;
    if (attention.head_dim == 0 || attention.head_dim > kMaxHeadDim ||
        !oneOf(attention.kv_bits, 4u, 8u, 16u)) {
      return false;
    }
    const std::uint64_t cache = cacheBytes(mostHeld(command), attention.head_dim, attention.kv_bits);
    return isColumn(attention.bmem) && areWords({attention.bram_out}) &&
           fits(attention.bmem, cache, sizes.bmem);
  }
};

}  // namespace pim
