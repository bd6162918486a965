// Whatever the mapping, the tile and the order of execution: the logits are those of the definitions, bit for
// bit.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "abi/pim_layout.h"
#include "core/arith/elementwise.h"
#include "sw/host/quantise/random_model.h"
#include "tests/reference/plain_llama.h"
#include "tests/sw/firmware/rig.h"

namespace pim::test {
namespace {

const std::vector<std::uint32_t> kPrompt{3,  14, 15, 92, 65, 35, 89, 79, 32, 38,
                                         46, 26, 43, 38, 32, 79, 50, 28, 84};
constexpr std::uint32_t kGenerate = 5;
constexpr std::uint32_t kContext = 160;

struct Formats {
  std::uint32_t zeroBits, activationBits, kvBits;
};

host::QuantizedModel model(const Formats& formats, bool tied = false) {
  ModelShape shape = tinyShape();
  shape.tiedEmbeddings = tied;
  return host::makeRandomModel(shape, WeightFormat{32, 4, 16, formats.zeroBits}, 7);
}

/// Logits after every prompt token, and the greedy continuation.
std::vector<std::vector<Q16>> reference(const Formats& formats, bool tied = false) {
  reference::PlainLlama llama(model(formats, tied), {formats.kvBits}, formats.activationBits);
  std::vector<std::vector<Q16>> logits;
  for (const std::uint32_t id : kPrompt) logits.push_back(llama.step(id));
  while (logits.size() < kPrompt.size() + kGenerate - 1)
    logits.push_back(
        llama.step(argmax(logits.back().data(), static_cast<std::uint32_t>(logits.back().size()))));
  return logits;
}

const std::vector<std::vector<Q16>>& plainLogits() {
  static const auto logits = reference({0, 16, 16});
  return logits;
}

host::MappingOptions optionsFor(const Formats& formats) {
  host::MappingOptions options;
  options.weights = WeightFormat{32, 4, 16, formats.zeroBits};
  options.activationBits = formats.activationBits;
  options.kvBits = formats.kvBits;
  return options;
}

/// Runs the prompt with all logits and without, and compares; then with decode steps as a program, and with
/// sum and norm as one command.
void expectReference(const std::vector<std::vector<Q16>>& expected, const host::QuantizedModel& quantized,
                     const ChipShape& chip, const host::MappingOptions& options, Adversary adversary,
                     std::uint32_t context = kContext) {
  Rig rig(quantized, chip, options, context, adversary, 11);
  pim_job job{};
  job.generate = kGenerate;
  job.emit_prompt_logits = 1;
  const Generated all = rig.run(kPrompt, job);
  ASSERT_EQ(all.error, PIM_OK);
  ASSERT_EQ(all.logits.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) ASSERT_EQ(all.logits[i], expected[i]) << "position " << i;

  job.emit_prompt_logits = 0;
  const Generated last = rig.run(kPrompt, job);
  ASSERT_EQ(last.logits.size(), kGenerate);
  for (std::size_t i = 0; i < kGenerate; ++i)
    ASSERT_EQ(last.logits[i], expected[kPrompt.size() - 1 + i]) << "token " << i;

  host::MappingOptions cached = options;
  cached.cachedProgram = true;
  EXPECT_EQ(Rig(quantized, chip, cached, context, adversary, 12).run(kPrompt, job).logits, last.logits);

  host::MappingOptions fused = options;
  fused.fuseResidualNorm = true;
  job.emit_prompt_logits = 1;
  EXPECT_EQ(Rig(quantized, chip, fused, context, adversary, 13).run(kPrompt, job).logits, all.logits);
  fused.cachedProgram = true;
  job.emit_prompt_logits = 0;
  EXPECT_EQ(Rig(quantized, chip, fused, context, adversary, 14).run(kPrompt, job).logits, last.logits);
}

Adversary nth(std::uint32_t n) {
  return n % 3 == 0 ? Adversary::kNewestFirst : n % 3 == 1 ? Adversary::kRandom : Adversary::kOldestFirst;
}

using Mapping = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t, bool, bool>;

class EveryMapping : public testing::TestWithParam<Mapping> {};

TEST_P(EveryMapping, GivesTheLogitsOfTheDefinitions) {
  host::MappingOptions options = optionsFor({0, 16, 16});
  std::uint32_t dies = 0;
  std::tie(options.columnParts, options.banksPerHead, options.tokenTile, dies, options.overlap,
           options.fuseQkv) = GetParam();
  options.fuseGateUp = options.fuseQkv;
  static std::uint32_t turn = 0;
  expectReference(plainLogits(), model({0, 16, 16}), tinyChip(dies), options, nth(turn++));
}

INSTANTIATE_TEST_SUITE_P(Partitions, EveryMapping,
                         testing::Combine(testing::Values(1, 2), testing::Values(1, 2, 4),
                                          testing::Values(1, 4, 16), testing::Values(1, 2, 8),
                                          testing::Bool(), testing::Bool()));

class EveryFormat : public testing::TestWithParam<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>> {};

TEST_P(EveryFormat, GivesTheLogitsOfTheDefinitions) {
  Formats formats{};
  std::tie(formats.zeroBits, formats.activationBits, formats.kvBits) = GetParam();
  const auto expected = reference(formats);
  host::MappingOptions options = optionsFor(formats);
  for (const std::uint32_t banksPerHead : {1u, 2u}) {
    for (const std::uint32_t columnParts : {1u, 3u}) {
      options.banksPerHead = banksPerHead;
      options.columnParts = columnParts;
      options.tokenTile = 4;
      expectReference(expected, model(formats), tinyChip(2), options, nth(banksPerHead + columnParts));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, EveryFormat,
                         testing::Combine(testing::Values(0, 4), testing::Values(8, 16),
                                          testing::Values(4, 8, 16)));

class EveryOrder : public testing::TestWithParam<std::tuple<std::uint32_t, Adversary>> {};

// BRAM so small that the input is tiled, in prefill and in decode, and attention takes a few tokens at a
// time.
TEST_P(EveryOrder, KTilesAndAttentionTiles) {
  const auto [banksPerHead, adversary] = GetParam();
  ChipShape chip = tinyChip(2);
  chip.bramBytes = 3u << 10;
  host::MappingOptions options = optionsFor({0, 16, 16});
  options.banksPerHead = banksPerHead;
  options.tokenTile = 8;
  const pim_plan plan = host::planModel(tinyShape(), chip, options, kContext).plan;
  ASSERT_LT(plan.attention_tile, plan.token_tile);
  expectReference(plainLogits(), model({0, 16, 16}), chip, options, adversary);
  chip.bramBytes = 16u << 10;
  chip.vectorBufferBytes = 128;
  ASSERT_LT(host::planModel(tinyShape(), chip, options, kContext).layers[0].down.k_tile, tinyShape().mlp);
  expectReference(plainLogits(), model({0, 16, 16}), chip, options, adversary);
}

// One token's input of the down projection takes both input buffers, and goes out as one message all the
// same.
TEST_P(EveryOrder, InputThatTakesBothBuffers) {
  const auto [banksPerHead, adversary] = GetParam();
  ChipShape chip = tinyChip(2);
  chip.bramBytes = 640;
  host::MappingOptions options = optionsFor({0, 16, 16});
  options.banksPerHead = banksPerHead;
  options.tokenTile = 1;
  constexpr std::uint32_t kShort = 24;
  const pim_plan plan = host::planModel(tinyShape(), chip, options, kShort).plan;
  const std::uint32_t record = pim_activation_record_bytes(tinyShape().mlp, 32, 16);
  ASSERT_LT(plan.bram_vector[0].bytes, record);
  ASSERT_GE(plan.bram_input_bytes, record + 8);
  expectReference(plainLogits(), model({0, 16, 16}), chip, options, adversary, kShort);
}

TEST_P(EveryOrder, TwoDimensions) {
  const auto [banksPerHead, adversary] = GetParam();
  host::MappingOptions options = optionsFor({0, 16, 16});
  options.banksPerHead = banksPerHead;
  options.columnParts = 3;
  options.tokenTile = 4;
  expectReference(plainLogits(), model({0, 16, 16}), tinyChip(2), options, adversary);
}

// A ring of a few commands: the firmware has to wait for room again and again.
TEST_P(EveryOrder, SmallRing) {
  const auto [banksPerHead, adversary] = GetParam();
  for (const std::uint32_t depth : {1u, 2u, 3u, 7u}) {
    host::MappingOptions options = optionsFor({0, 16, 16});
    options.banksPerHead = banksPerHead;
    options.tokenTile = 4;
    options.queueDepth = depth;
    expectReference(plainLogits(), model({0, 16, 16}), tinyChip(2), options, adversary);
  }
}

TEST_P(EveryOrder, EmbeddingInTheBanks) {
  const auto [banksPerHead, adversary] = GetParam();
  for (const bool tied : {false, true}) {
    host::MappingOptions options = optionsFor({0, 16, 16});
    options.embedding = EmbeddingPlacement::kBanks;
    options.banksPerHead = banksPerHead;
    options.tokenTile = 4;
    expectReference(tied ? reference({0, 16, 16}, true) : plainLogits(), model({0, 16, 16}, tied),
                    tinyChip(2), options, adversary);
  }
}

INSTANTIATE_TEST_SUITE_P(Orders, EveryOrder,
                         testing::Combine(testing::Values(1, 4),
                                          testing::Values(Adversary::kOldestFirst, Adversary::kNewestFirst,
                                                          Adversary::kRandom)));

}  // namespace
}  // namespace pim::test
