// What the host sees of a job: tokens, marks, status, and when it stops.
#include <gtest/gtest.h>

#include <algorithm>

#include "core/arith/activation.h"
#include "core/arith/mac.h"
#include "core/arith/sample.h"
#include "sw/host/quantise/random_model.h"
#include "tests/sw/firmware/rig.h"

namespace pim::test {
namespace {

const host::MappingOptions kOptions = [] {
  host::MappingOptions options;
  options.weights = WeightFormat{32, 4, 16, 0};
  options.tokenTile = 4;
  return options;
}();

host::QuantizedModel model() {
  return host::makeRandomModel(tinyShape(), kOptions.weights, 7);
}

pim_job generate(std::uint32_t tokens) {
  pim_job job{};
  job.generate = tokens;
  return job;
}

TEST(Job, PostsAsManyTokensAsAsked) {
  Rig rig(model(), tinyChip(2), kOptions, 40);
  const Generated result = rig.run({1, 2, 3}, generate(4));
  EXPECT_EQ(result.error, PIM_OK);
  EXPECT_EQ(result.status, PIM_STATUS_DONE);
  EXPECT_EQ(result.tokens.size(), 4u);
  EXPECT_EQ(result.marks,
            (std::vector<std::uint32_t>{PIM_MARK_PREFILL, PIM_MARK_DECODE, PIM_MARK_DECODE | 1u << 8,
                                        PIM_MARK_DECODE | 2u << 8, PIM_MARK_END}));
}

TEST(Job, EverythingIsCompleteAtTheEnd) {
  Rig rig(model(), tinyChip(2), kOptions, 40);
  rig.run({1, 2, 3, 4, 5, 6, 7, 8, 9}, generate(2));
  EXPECT_EQ(rig.machine().done(), rig.machine().posted());
}

TEST(Job, StopsAfterAnEndOfSequenceTokenUnlessToldNotTo) {
  Rig rig(model(), tinyChip(2), kOptions, 40);
  const std::vector<std::uint32_t> tokens = rig.run({1, 2, 3}, generate(6)).tokens;
  host::QuantizedModel ending = model();
  ending.eosTokens = {98, tokens[2]};
  Rig stops(ending, tinyChip(2), kOptions, 40);
  const std::size_t first =
      static_cast<std::size_t>(std::find(tokens.begin(), tokens.end(), tokens[2]) - tokens.begin());
  EXPECT_EQ(
      stops.run({1, 2, 3}, generate(6)).tokens,
      std::vector<std::uint32_t>(tokens.begin(), tokens.begin() + static_cast<std::ptrdiff_t>(first) + 1));
  pim_job onward = generate(6);
  onward.ignore_eos = 1;
  EXPECT_EQ(stops.run({1, 2, 3}, onward).tokens, tokens);
}

TEST(Job, StopsWhenTheCacheIsFull) {
  Rig rig(model(), tinyChip(2), kOptions, 8);
  // Five tokens of prompt and three decoded fill the cache; the last one decoded gives a fourth.
  EXPECT_EQ(rig.run({1, 2, 3, 4, 5}, generate(100)).tokens.size(), 4u);
}

TEST(Job, GoesOnFromAFilledCache) {
  Rig whole(model(), tinyChip(2), kOptions, 40), parts(model(), tinyChip(2), kOptions, 40);
  const auto expected = whole.run({1, 2, 3, 4, 5, 6, 7}, generate(3));
  parts.run({1, 2, 3, 4}, generate(1));
  pim_job rest = generate(3);
  rest.position = 4;
  const auto continued = parts.run({5, 6, 7}, rest);
  EXPECT_EQ(continued.logits, expected.logits);
}

pim_job sampled(std::uint32_t tokens, const SampleRule& rule, std::uint64_t seed) {
  pim_job job = generate(tokens);
  job.multiplier = rule.multiplier;
  job.multiplier_shift = rule.shift;
  job.top_p = rule.topP;
  job.seed[0] = static_cast<std::uint32_t>(seed);
  job.seed[1] = static_cast<std::uint32_t>(seed >> 32);
  return job;
}

/// The n-th number of docs/numerics.md, "Sampling"; the first is number 1.
std::uint32_t randomNumber(std::uint64_t seed, std::uint64_t n) {
  std::uint64_t z = seed + n * 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return static_cast<std::uint32_t>((z ^ (z >> 31)) >> 32);
}

TEST(RandomNumber, IsTheOneThatThePublishedGeneratorGives) {
  // SplitMix64 from state 1234567: 6457827717110365317, 3203168211198807973.
  EXPECT_EQ(randomNumber(1234567, 1), 6457827717110365317u >> 32);
  EXPECT_EQ(randomNumber(1234567, 2), 3203168211198807973u >> 32);
}

TEST(Job, DrawsEachTokenFromItsLogitsWithTheNextNumber) {
  const SampleRule rule = sampleRule(0.8, 0.9);
  for (const std::uint64_t seed : {1ull, 0xFEDCBA9876543210ull}) {
    for (const bool everyPosition : {false, true}) {
      Rig rig(model(), tinyChip(2), kOptions, 40);
      pim_job job = sampled(12, rule, seed);
      job.emit_prompt_logits = everyPosition;
      const Generated result = rig.run({1, 2, 3}, job);
      ASSERT_EQ(result.tokens.size(), everyPosition ? 14u : 12u);
      for (std::size_t i = 0; i < result.tokens.size(); ++i)
        EXPECT_EQ(result.tokens[i], sample(result.logits[i].data(), 99, rule, randomNumber(seed, i + 1)));
    }
  }
}

TEST(Job, DrawsTheSameTokensFromTheSameSeedWhateverTheMapping) {
  const SampleRule rule = sampleRule(1.5, 0.95);
  const auto tokens = [&](std::uint64_t seed, std::uint32_t dies, std::uint32_t parts) {
    host::MappingOptions options = kOptions;
    options.columnParts = parts;
    Rig rig(model(), tinyChip(dies), options, 40);
    return rig.run({1, 2, 3}, sampled(12, rule, seed)).tokens;
  };
  const std::vector<std::uint32_t> expected = tokens(7, 2, 1);
  EXPECT_EQ(tokens(7, 1, 2), expected);
  EXPECT_EQ(tokens(7, 8, 3), expected);
  EXPECT_NE(tokens(8, 2, 1), expected);
  EXPECT_NE(tokens(7ull << 32, 2, 1), expected);
}

TEST(Job, RefusesAPromptBeyondTheContext) {
  Rig rig(model(), tinyChip(2), kOptions, 8);
  pim_job job = generate(1);
  EXPECT_EQ(rig.run(std::vector<std::uint32_t>(8, 1), job).error, PIM_OK);
  job.position = 1;
  const Generated result = rig.run(std::vector<std::uint32_t>(8, 1), job);
  EXPECT_EQ(result.error, PIM_ERROR_CONTEXT);
  EXPECT_EQ(result.status, PIM_STATUS_ERROR | std::uint32_t{PIM_ERROR_CONTEXT} << 8);
  EXPECT_TRUE(result.tokens.empty());
}

TEST(Job, RefusesAJobWithoutWork) {
  Rig rig(model(), tinyChip(2), kOptions, 8);
  EXPECT_EQ(rig.run({}, generate(1)).error, PIM_ERROR_JOB);
  EXPECT_EQ(rig.run({1}, generate(0)).error, PIM_ERROR_JOB);
  pim_job unknown = generate(1);
  unknown.kind = 7;
  EXPECT_EQ(rig.run({1}, unknown).error, PIM_ERROR_JOB);
}

TEST(Job, RefusesAPlanOfAnotherVersion) {
  Rig rig(model(), tinyChip(2), kOptions, 8);
  ++rig.layout().plan.version;
  host::packPlan(rig.layout(), rig.chip());
  EXPECT_EQ(rig.run({1}, generate(1)).error, PIM_ERROR_PLAN);
}

TEST(Job, OverlapKeepsSeveralCommandsInFlight) {
  host::MappingOptions options = kOptions;
  Rig overlapping(model(), tinyChip(2), options, 40, Adversary::kOldestFirst);
  overlapping.run({1, 2, 3}, generate(2));
  EXPECT_GT(overlapping.machine().mostInFlight(), 8u);
}

TEST(Job, WithoutOverlapEachCommandWaitsForTheOneBefore) {
  host::MappingOptions options = kOptions;
  options.overlap = false;
  Rig rig(model(), tinyChip(2), options, 40, Adversary::kNewestFirst);
  std::uint32_t sequence = 0, chained = 0;
  rig.machine().onCommand = [&](const pim_command& command) {
    ++sequence;
    if (command.waits == 1 && command.wait_for[0] == sequence - 1) ++chained;
  };
  rig.run({1, 2, 3}, generate(2));
  EXPECT_GE(chained + 3, sequence);  // all but those posted when the chip was known to be idle
}

class Matrix : public testing::TestWithParam<std::tuple<std::uint32_t, std::uint32_t>> {};

TEST_P(Matrix, IsMultipliedWithABatch) {
  const auto [columnParts, batch] = GetParam();
  constexpr std::uint32_t kRows = 45, kK = 160;
  host::MappingOptions options = kOptions;
  options.columnParts = columnParts;
  ModelShape shape = tinyShape();
  shape.vocab = kRows;
  shape.hidden = kK;
  const host::QuantizedModel source = host::makeRandomModel(shape, options.weights, 5);
  host::Layout layout = host::planMatrix(kRows, kK, batch, tinyChip(2), options);
  TestChip chip(tinyChip(2));
  host::packMatrix(layout, source.head, chip);
  std::vector<Q16> vectors(std::size_t{batch} * kK);
  for (std::size_t i = 0; i < vectors.size(); ++i) vectors[i] = static_cast<Q16>(i * 2654435761u) >> 8;
  chip.writeController(layout.plan.buffers[0].residual, reinterpret_cast<const std::uint8_t*>(vectors.data()),
                       static_cast<std::uint32_t>(vectors.size() * 4));
  pim_job job{};
  job.kind = PIM_JOB_MATRIX;
  job.prompt_tokens = batch;
  chip.writeController(layout.jobAddress, reinterpret_cast<const std::uint8_t*>(&job), sizeof job);
  CommandInterpreter machine(chip, Adversary::kNewestFirst, 3);
  std::vector<std::uint32_t> marks;
  machine.onMark = [&](std::uint32_t mark) { marks.push_back(mark); };
  machine.ring(layout.jobAddress);
  ASSERT_EQ(pim_firmware_main(&machine.hal(), CommandInterpreter::kRegisters, layout.planAddress), PIM_OK);
  EXPECT_EQ(marks, (std::vector<std::uint32_t>{PIM_MARK_DECODE, PIM_MARK_END}));

  const ActivationFormat format{32, 16};
  std::vector<std::uint8_t> record(activationRecordBytes(kK, format)), scratch(source.head.rowBytes());
  for (std::uint32_t v = 0; v < batch; ++v) {
    const Q16* x = vectors.data() + std::size_t{v} * kK;
    writeRecord(x, kK, format, chooseScale(x, kK, format), record.data());
    const ActivationView view(record.data(), kK, format);
    for (std::uint32_t r = 0; r < kRows; ++r) {
      Q16 y;
      std::memcpy(&y, chip.controller(layout.plan.logits + 4ull * (v * layout.plan.head_pitch + r), 4), 4);
      EXPECT_EQ(y, macResult(macRow(source.head.view(r, scratch.data()), view), view.base(),
                             source.head.weightExponent));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Batches, Matrix, testing::Combine(testing::Values(1, 3), testing::Values(1, 4, 11)));

}  // namespace
}  // namespace pim::test
