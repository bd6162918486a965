#include <cstring>

#include "core/arith/saturation.h"
#include "core/operations/bank/attention_command.h"
#include "core/operations/bank/scratch.h"

namespace pim {
namespace {

/// Multiplies query records in BRAM by the K cache in BMEM. Writes rows of scores to BRAM.
class Score : public CacheOperation {
 public:
  bool accepts(const pim_command& command, const BankSizes& sizes) const override {
    if (!acceptsCache(command, sizes)) return false;
    const pim_attention& attention = command.body.attention;
    return fits(attention.bram_in, attention.tokens * std::uint64_t{queryBytes(attention)}, sizes.bram) &&
           fits(attention.bram_out, 4 * rowWords(attention), sizes.bram);
  }

  void execute(const BankTask& task, std::uint8_t* bmem, std::uint8_t* bram) const override {
    const pim_attention& attention = task.command.body.attention;
    const CacheShape shape{attention.head_dim, KvFormat{attention.kv_bits}};
    const ScoreScale scale{attention.multiplier, attention.multiplier_shift};
    std::vector<std::int32_t>& row = scratch<std::int32_t>(attention.pitch);
    forEachVector(task, [&](std::uint32_t v, std::uint32_t t, std::uint32_t h, std::uint32_t tokens) {
      const QueryView query(bram + attention.bram_in + t * queryBytes(attention), attention.heads_per_group,
                            attention.head_dim, h);
      std::uint8_t* out = bram + attention.bram_out + 4ULL * v * attention.pitch;
      forEachRun(task, bmem, tokens,
                 [&](std::uint32_t first, std::uint32_t count, const std::uint8_t* cache) {
                   scoreRow(query, cache, count, shape, scale, row.data());
                   countAtLimit(ClippedAt::Score, row.data(), count);
                   std::memcpy(out + 4ULL * first, row.data(), 4ULL * count);
                 });
    });
  }

  std::vector<BramSpan> results(const BankTask& task) const override {
    const pim_attention& attention = task.command.body.attention;
    std::vector<BramSpan> spans;
    forEachVector(task, [&](std::uint32_t v, std::uint32_t, std::uint32_t, std::uint32_t tokens) {
      SeenTokens(task.command).forEachRun(tokens, [&](std::uint32_t first, std::uint32_t count) {
        spans.push_back({attention.bram_out + 4 * (v * attention.pitch + first), 4 * count});
      });
    });
    return spans;
  }

  ResultLayout resultLayout(const pim_command& command) const override {
    return {command.body.attention.bram_out, command.body.attention.pitch, 4};
  }
  std::optional<Unrounded> unrounded(const BankTask& task, const std::uint8_t* bmem, const std::uint8_t* bram,
                                     std::uint32_t vector, std::uint32_t element) const override {
    const pim_attention& attention = task.command.body.attention;
    const std::uint32_t heads = attention.heads_per_group;
    const QueryView query(bram + attention.bram_in + vector / heads * queryBytes(attention), heads,
                          attention.head_dim, vector % heads);
    const ScaledDot score =
        scaledDot(query, bmem + attention.bmem, element, {attention.head_dim, KvFormat{attention.kv_bits}},
                  {attention.multiplier, attention.multiplier_shift});
    return Unrounded{score.product, score.shift};
  }

  /// Per cached token and vector: the query is read, the score written.
  std::uint64_t bramBytes(const BankTask& task) const override {
    const pim_attention& attention = task.command.body.attention;
    return std::uint64_t{tokensStreamed(task)} * vectorsOf(attention) * (attention.head_dim * 2u + 4u);
  }

 private:
  static std::uint32_t queryBytes(const pim_attention& attention) {
    return pim_query_record_bytes(attention.heads_per_group, attention.head_dim);
  }
};

}  // namespace

template <>
const BankOperation& bankOperationOf<PIM_OP_SCORE>() {
  static const Score operation;
  return operation;
}

}  // namespace pim
