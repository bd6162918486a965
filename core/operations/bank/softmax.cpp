#include "core/arith/softmax.h"

#include <algorithm>
#include <cstring>

#include "core/operations/bank/attention_command.h"
#include "core/operations/bank/scratch.h"

namespace pim {
namespace {

/// Replaces rows of scores in BRAM by probabilities, in place.
class Softmax : public AttentionOperation {
 public:
  Softmax() : AttentionOperation(BankUnitKind::SoftmaxUnit) {}

  bool accepts(const pim_command& command, const BankSizes& sizes) const override {
    const pim_attention& attention = command.body.attention;
    return acceptsRows(command) && fits(attention.bram_in, 4 * rowWords(attention), sizes.bram);
  }

  void execute(const BankTask& task, std::uint8_t*, std::uint8_t* bram) const override {
    const pim_attention& attention = task.command.body.attention;
    std::vector<std::int32_t>& scores = scratch<std::int32_t>(attention.pitch);
    std::vector<std::uint16_t>& probabilities = scratch<std::uint16_t>(attention.pitch);
    forEachVector(task, [&](std::uint32_t v, std::uint32_t, std::uint32_t, std::uint32_t tokens) {
      std::uint8_t* row = bram + attention.bram_in + 4ULL * v * attention.pitch;
      // Gathers the scores that the mask keeps, and scatters their probabilities to the same places.
      std::uint32_t seen = 0;
      SeenTokens(task.command).forEachRun(tokens, [&](std::uint32_t first, std::uint32_t count) {
        std::memcpy(scores.data() + seen, row + 4ULL * first, 4ULL * count);
        seen += count;
      });
      softmax(scores.data(), seen, probabilities.data());
      seen = 0;
      SeenTokens(task.command).forEachRun(tokens, [&](std::uint32_t first, std::uint32_t count) {
        std::memcpy(row + 2ULL * first, probabilities.data() + seen, 2ULL * count);
        seen += count;
      });
    });
  }

  std::vector<BramSpan> results(const BankTask& task) const override {
    const pim_attention& attention = task.command.body.attention;
    std::vector<BramSpan> spans;
    forEachVector(task, [&](std::uint32_t v, std::uint32_t, std::uint32_t, std::uint32_t tokens) {
      SeenTokens(task.command).forEachRun(tokens, [&](std::uint32_t first, std::uint32_t count) {
        spans.push_back({attention.bram_in + 4 * v * attention.pitch + 2 * first, 2 * count});
      });
    });
    return spans;
  }
  /// Rows keep the distance of the scores, which are twice as wide.
  ResultLayout resultLayout(const pim_command& command) const override {
    return {command.body.attention.bram_in, 2 * command.body.attention.pitch, 2};
  }

  std::int64_t softmaxCycles(const BankTask& task, const BankCompute& compute) const override {
    const pim_attention& attention = task.command.body.attention;
    std::int64_t cycles = 0;
    for (std::uint32_t token = 0; token < attention.tokens; ++token) {
      constexpr std::int64_t kPasses = 3;  // maximum, exponentials and their sum, probabilities
      const std::uint32_t seen = SeenTokens(task.command).count(tokensSeen(task, token));
      const std::int64_t pass = pim_ceil_div(seen, compute.softmaxLanes);
      cycles +=
          attention.heads_per_group * (kPasses * pass + (compute.overhead ? BankCompute::kSoftmaxFixed : 0));
    }
    return cycles;
  }
  bool sameWork(const BankTask& a, const BankTask& b) const override {
    // The pattern repeats after as many tokens as there are banks.
    const std::uint32_t tokens = std::min(a.command.body.attention.tokens, a.banks());
    for (std::uint32_t token = 0; token < tokens; ++token) {
      if (tokensSeen(a, token) != tokensSeen(b, token)) return false;
    }
    return true;
  }

  /// Three passes read a score; the last one also writes a probability.
  std::uint64_t bramBytes(const BankTask& task) const override {
    return std::uint64_t{tokensStreamed(task)} * vectorsOf(task.command.body.attention) * (3 * 4 + 2);
  }
};

}  // namespace

template <>
const BankOperation& bankOperationOf<PIM_OP_SOFTMAX>() {
  static const Softmax operation;
  return operation;
}

}  // namespace pim
