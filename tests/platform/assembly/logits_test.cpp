#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "core/arith/elementwise.h"
#include "tests/platform/assembly/chip_run.h"
#include "tests/reference/divergence.h"
#include "tests/reference/float_llama.h"
#include "tests/reference/plain_llama.h"

namespace pim::test {
namespace {

const std::vector<std::uint32_t> kPrompt{1, 32, 63, 94, 125};
constexpr std::uint32_t kGenerate = 6;

/// What the definitions say: logits after the last token of the prompt and after each generated one but the
/// last.
struct Expectation {
  std::vector<std::uint32_t> tokens;
  std::vector<std::vector<std::int32_t>> logits;
};

Expectation evaluatePlainly(const ChipRun& run, std::uint32_t kvBits = 16,
                            std::uint32_t activationBits = 16) {
  reference::PlainLlama plain(modelOf(run), {kvBits}, activationBits);
  Expectation expected;
  std::vector<std::uint32_t> input = run.prompt;
  for (std::size_t i = 0; expected.tokens.size() < run.generate; ++i) {
    const std::vector<Q16> logits = plain.step(input[i]);
    if (i + 1 < run.prompt.size() && !run.everyPosition) continue;
    const std::uint32_t best = argmax(logits.data(), run.shape.vocab);
    expected.logits.push_back(logits);
    if (i + 1 < run.prompt.size()) continue;  // the prompt goes on, whatever the model would have said
    expected.tokens.push_back(best);
    input.push_back(best);
  }
  return expected;
}

ChipRun tinyRun(platform::Overrides overrides = {}) {
  ChipRun run;
  run.shape = tinyShape();
  run.prompt = kPrompt;
  run.generate = kGenerate;
  run.overrides = std::move(overrides);
  return run;
}

/// One line if the chip did anything but what is expected.
void expectSameBits(const ChipRun& run, const Expectation& expected, const std::string& what) {
  const ChipOutcome found = runChip(run);
  ASSERT_EQ(found.error, "") << what;
  ASSERT_EQ(found.logits.size(), expected.logits.size()) << what;
  for (std::size_t i = 0; i < expected.logits.size(); ++i) {
    ASSERT_EQ(found.logits[i], expected.logits[i]) << what << ", logits of token " << i;
  }
  const std::vector<std::uint32_t>& tokens = found.result.tokens;
  ASSERT_GE(tokens.size(), run.generate) << what;
  EXPECT_EQ(
      std::vector<std::uint32_t>(tokens.end() - static_cast<std::ptrdiff_t>(run.generate), tokens.end()),
      expected.tokens)
      << what;
}

void expectSameBits(const ChipRun& run, const std::string& what) {
  expectSameBits(run, evaluatePlainly(run), what);
}

const char* onOff(bool value) {
  return value ? "on" : "off";
}

/// The property of docs/numerics.md: no split of the work changes a bit.
class NoSplitChangesABit : public ::testing::TestWithParam<const char*> {};

TEST_P(NoSplitChangesABit, OverDiesBanksTilesAndOrder) {
  const Expectation expected = evaluatePlainly(tinyRun());
  for (const unsigned banksPerHead : {1u, 2u, 4u}) {
    for (const unsigned tokenTile : {1u, 4u, 16u}) {
      for (const unsigned dies : {1u, 2u, 8u}) {
        for (const bool overlap : {false, true}) {
          for (const bool fused : {false, true}) {
            ChipRun run = tinyRun(weightMapping(GetParam()) +
                                  platform::Overrides{fmt::format("mapping.banks_per_head={}", banksPerHead),
                                                      fmt::format("mapping.token_tile={}", tokenTile),
                                                      fmt::format("chip.dies={}", dies),
                                                      fmt::format("schedule.overlap={}", onOff(overlap)),
                                                      fmt::format("mapping.fuse_qkv={}", onOff(fused)),
                                                      fmt::format("mapping.fuse_gate_up={}", onOff(fused))});
            expectSameBits(run, expected, fmt::format("{}", fmt::join(run.overrides, " ")));
            if (HasFatalFailure()) return;
          }
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Mappings, NoSplitChangesABit, ::testing::Values("1d", "2d"),
                         [](const auto& mapping) { return std::string("weights") + mapping.param; });

TEST(Logits, FewerBitsInCacheAndActivationsAreThoseOfTheDefinitions) {
  for (const unsigned kvBits : {16u, 8u, 4u}) {
    for (const unsigned activationBits : {16u, 8u}) {
      for (const unsigned banksPerHead : {1u, 4u}) {
        const ChipRun run =
            tinyRun({fmt::format("kv.bits={}", kvBits), fmt::format("activation.bits={}", activationBits),
                     fmt::format("mapping.banks_per_head={}", banksPerHead)});
        expectSameBits(run, evaluatePlainly(run, kvBits, activationBits),
                       fmt::format("{}", fmt::join(run.overrides, " ")));
      }
    }
  }
}

TEST(Logits, TilesInFlightChangeNoBit) {
  for (const unsigned tiles : {1u, 2u}) {
    expectSameBits(tinyRun({fmt::format("schedule.tiles_in_flight={}", tiles), "mapping.token_tile=2"}),
                   fmt::format("{} tiles", tiles));
  }
}

TEST(Logits, EmbeddingsComeFromEitherPlace) {
  for (const char* place : {"controller", "banks"}) {
    expectSameBits(tinyRun({fmt::format("mapping.embedding={}", place)}), place);
  }
}

TEST(Logits, TiedEmbeddingsShareTheTableOfTheHead) {
  for (const char* place : {"controller", "banks"}) {
    ChipRun run = tinyRun({fmt::format("mapping.embedding={}", place)});
    run.shape.tiedEmbeddings = true;
    expectSameBits(run, place);
  }
}

TEST(Logits, InputsBeyondTheVectorBufferComeInTiles) {
  for (const char* mapping : {"1d", "2d"}) {
    // 64 bytes hold 32 mantissas: every matrix takes two to seven tiles.
    expectSameBits(tinyRun(weightMapping(mapping) + platform::Overrides{"bank.vector_buffer_bytes=64"}),
                   mapping);
  }
}

TEST(Logits, ZeroPointsAndGroupsAreThoseOfTheWeights) {
  expectSameBits(tinyRun({"weights.zero_bits=4"}), "zero points");
  ChipRun run = tinyRun({"weights.group=128", "weights.zero_bits=4"});
  run.shape.mlp = 256;
  expectSameBits(run, "groups of 128");
}

TEST(Logits, EveryHeadOrOneKvHead) {
  for (const std::uint32_t kvHeads : {8u, 2u, 1u}) {
    ChipRun run = tinyRun();
    run.shape.kvHeads = kvHeads;
    expectSameBits(run, fmt::format("{} KV heads", kvHeads));
  }
}

TEST(Logits, MoreHeadsThanBanksTakeTurns) {
  ChipRun run = tinyRun({"chip.dies=1", "chip.banks_per_die=2"});
  run.shape.kvHeads = 8;
  expectSameBits(run, "8 heads on 2 banks");
}

TEST(Logits, EveryPositionOfThePromptCanBeAsked) {
  ChipRun run = tinyRun({"mapping.token_tile=2"});
  run.everyPosition = true;
  const Expectation expected = evaluatePlainly(run);
  ASSERT_EQ(expected.logits.size(), kPrompt.size() + kGenerate - 1);
  expectSameBits(run, expected, "every position");
}

TEST(Logits, LongerSequencesCrossTheBlocksOfTheCache) {
  for (const unsigned banksPerHead : {1u, 2u}) {
    ChipRun run = tinyRun({fmt::format("mapping.banks_per_head={}", banksPerHead)});
    run.prompt.clear();
    for (std::uint32_t i = 0; i < 30; ++i) run.prompt.push_back((1 + 31 * i) % run.shape.vocab);
    run.generate = 40;  // past 64 tokens: three blocks in one bank, two in each of two
    run.shape.context = 96;
    expectSameBits(run, fmt::format("{} banks a head", banksPerHead));
  }
}

TEST(Logits, FollowTheFloatReferenceWithin1e4Nats) {
  ChipRun run = tinyRun();
  run.generate = 40;
  const ChipOutcome found = runChip(run);
  ASSERT_EQ(found.error, "");
  ASSERT_EQ(found.logits.size(), run.generate);

  reference::FloatLlama truth(modelOf(run));
  Eigen::VectorXd expected;
  for (const std::uint32_t token : run.prompt) expected = truth.step(token);
  double sum = 0;
  for (std::size_t i = 0; i < found.logits.size(); ++i) {
    const auto bits = Eigen::Map<const Eigen::VectorXi>(found.logits[i].data(), expected.size());
    sum += reference::divergence(expected, bits.cast<double>() / 65536.0);
    expected = truth.step(found.result.tokens[i]);
  }
  const double mean = sum / run.generate;
  RecordProperty("meanDivergence", fmt::format("{:.2e}", mean));
  EXPECT_GT(mean, 0);
  EXPECT_LE(mean, 1e-4);
}

}  // namespace
}  // namespace pim::test
