#include <algorithm>
#include <cstring>

#include "core/arith/saturation.h"
#include "core/operations/bank/attention_command.h"
#include "core/operations/bank/scratch.h"

namespace pim {
namespace {

std::uint32_t elementBytes(const pim_command& command) {
  return (command.flags & PIM_FLAG_RAW) != 0 ? 8 : 4;
}

/// Multiplies probabilities in BRAM by the V cache in BMEM. Writes results, or raw sums, to BRAM.
class Pv : public CacheOperation {
 public:
  bool accepts(const pim_command& command, const BankSizes& sizes) const override {
    if (!acceptsCache(command, sizes)) return false;
    const pim_attention& attention = command.body.attention;
    // The last row needs no padding to the pitch.
    const std::uint64_t probabilities = rowWords(attention) - attention.pitch + mostHeld(command);
    const std::uint64_t results =
        std::uint64_t{attention.tokens} * attention.heads_per_group * attention.head_dim;
    return fits(attention.bram_in, 2 * probabilities, sizes.bram) &&
           fits(attention.bram_out, results * elementBytes(command), sizes.bram);
  }

  void execute(const BankTask& task, std::uint8_t* bmem, std::uint8_t* bram) const override {
    const pim_attention& attention = task.command.body.attention;
    const CacheShape shape{attention.head_dim, KvFormat{attention.kv_bits}};
    std::vector<std::uint16_t>& probabilities = scratch<std::uint16_t>(attention.pitch);
    std::vector<std::int64_t>& sums = scratch<std::int64_t>(attention.head_dim);
    forEachVector(task, [&](std::uint32_t v, std::uint32_t, std::uint32_t, std::uint32_t tokens) {
      std::memcpy(probabilities.data(), bram + attention.bram_in + 2ULL * v * attention.pitch, 2ULL * tokens);
      std::fill_n(sums.begin(), attention.head_dim, 0);
      forEachRun(task, bmem, tokens, [&](std::uint32_t seen, std::uint32_t count, const std::uint8_t* cache) {
        pvAccumulate(probabilities.data() + seen, cache, count, shape, sums.data());
      });
      const std::size_t first = std::size_t{v} * attention.head_dim;
      if (elementBytes(task.command) == sizeof(std::int64_t)) {
        std::memcpy(bram + attention.bram_out + 8 * first, sums.data(), 8ULL * attention.head_dim);
        return;
      }
      std::uint64_t clipped = 0;
      for (std::uint32_t i = 0; i < attention.head_dim; ++i) {
        const Q16 y = pvResult(sums[i], shape.format);
        clipped += isAtLimit(y) ? 1 : 0;
        std::memcpy(bram + attention.bram_out + 4 * (first + i), &y, sizeof y);
      }
      countClipped(ClippedAt::Attention, clipped);
    });
  }

  std::vector<BramSpan> results(const BankTask& task) const override {
    const pim_attention& attention = task.command.body.attention;
    const std::uint32_t bytes = attention.head_dim * elementBytes(task.command);
    std::vector<BramSpan> spans;
    for (std::uint32_t v = 0; v < vectorsOf(attention); ++v)
      spans.push_back({attention.bram_out + v * bytes, bytes});
    return spans;
  }
  ResultLayout resultLayout(const pim_command& command) const override {
    return {command.body.attention.bram_out, command.body.attention.head_dim, elementBytes(command)};
  }
  std::optional<Unrounded> unrounded(const BankTask& task, const std::uint8_t* bmem, const std::uint8_t* bram,
                                     std::uint32_t vector, std::uint32_t element) const override {
    const pim_attention& attention = task.command.body.attention;
    if (elementBytes(task.command) == sizeof(std::int64_t)) return std::nullopt;
    const CacheShape shape{attention.head_dim, KvFormat{attention.kv_bits}};
    std::vector<std::uint16_t> probabilities(attention.pitch);
    std::vector<std::int64_t> sums(attention.head_dim);
    std::memcpy(probabilities.data(), bram + attention.bram_in + 2ULL * vector * attention.pitch,
                2ULL * mostHeld(task.command));
    forEachRun(task, bmem, tokensSeen(task, vector / attention.heads_per_group),
               [&](std::uint32_t seen, std::uint32_t count, const std::uint8_t* cache) {
                 pvAccumulate(probabilities.data() + seen, cache, count, shape, sums.data());
               });
    return Unrounded{sums[element], pvResultShift(shape.format)};
  }

  /// Cycles that write zeros for vectors that see none of this bank's tokens.
  std::int64_t resultCycles(const BankTask& task) const override {
    const pim_attention& attention = task.command.body.attention;
    const std::uint32_t elements = blindTokens(task) * attention.heads_per_group * attention.head_dim;
    return pim_ceil_div(elements * elementBytes(task.command), BankCompute::kClearBytes);
  }

  /// Per cached token and vector: the probability is read.
  std::uint64_t bramBytes(const BankTask& task) const override {
    return std::uint64_t{tokensStreamed(task)} * vectorsOf(task.command.body.attention) * 2u;
  }
};

}  // namespace

template <>
const BankOperation& bankOperationOf<PIM_OP_PV>() {
  static const Pv operation;
  return operation;
}

}  // namespace pim
