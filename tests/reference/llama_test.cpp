#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "core/arith/elementwise.h"
#include "sw/host/quantise/random_model.h"
#include "tests/reference/divergence.h"
#include "tests/reference/float_llama.h"
#include "tests/reference/plain_llama.h"

namespace pim::reference {
namespace {

ModelShape tinyShape() {
  ModelShape shape;
  shape.name = "tiny";
  shape.layers = 3;
  shape.hidden = 128;
  shape.heads = 8;
  shape.kvHeads = 2;
  shape.headDim = 16;
  shape.mlp = 256;
  shape.vocab = 200;
  shape.context = 128;
  shape.ropeTheta = 10000;
  shape.rmsEpsilon = 1e-5;
  return shape;
}

Eigen::VectorXd toFloat(const std::vector<Q16>& logits) {
  Eigen::VectorXd out(static_cast<Eigen::Index>(logits.size()));
  for (std::size_t i = 0; i < logits.size(); ++i) out(static_cast<Eigen::Index>(i)) = logits[i] / 65536.0;
  return out;
}

struct Agreement {
  double meanDivergence = 0;
  double sameBest = 0;  ///< share of positions
};

/// Both evaluations fed the float one's best tokens, `tokens` of them, over several models.
Agreement compare(const ModelShape& shape, const WeightFormat& format, KvFormat kv,
                  std::uint32_t activationBits) {
  constexpr std::uint32_t kModels = 4, kTokens = 48;
  Agreement sum;
  for (std::uint64_t seed = 1; seed <= kModels; ++seed) {
    const host::QuantizedModel model = host::makeRandomModel(shape, format, seed);
    PlainLlama plain(model, kv, activationBits);
    FloatLlama truth(model);
    std::uint32_t token = 1;
    for (std::uint32_t i = 0; i < kTokens; ++i) {
      const std::vector<Q16> logits = plain.step(token);
      const Eigen::VectorXd expected = truth.step(token);
      Eigen::Index best = 0;
      expected.maxCoeff(&best);
      sum.meanDivergence += divergence(expected, toFloat(logits));
      sum.sameBest += argmax(logits.data(), shape.vocab) == static_cast<std::uint32_t>(best) ? 1 : 0;
      token = (static_cast<std::uint32_t>(best) + i) % shape.vocab;
    }
  }
  return {sum.meanDivergence / (kModels * kTokens), sum.sameBest / (kModels * kTokens)};
}

TEST(Llama, IntegersFollowTheFloatReferenceWithin1e4Nats) {
  const Agreement found = compare(tinyShape(), {64, 4, 16, 4}, {16}, 16);
  RecordProperty("meanDivergence", std::to_string(found.meanDivergence));
  EXPECT_LE(found.meanDivergence, 1e-4);
  EXPECT_GE(found.sameBest, 0.99);
}

TEST(Llama, EveryGroupSizeAndTiedEmbeddingsStayWithin1e4Nats) {
  for (const std::uint32_t group : {32u, 128u}) {
    ModelShape shape = tinyShape();
    shape.tiedEmbeddings = true;
    EXPECT_LE(compare(shape, {group, 4, 16, 0}, {16}, 16).meanDivergence, 1e-4) << "group " << group;
  }
}

TEST(Llama, FewerBitsCostMore) {
  const WeightFormat format{32, 4, 16, 4};
  const double kv16 = compare(tinyShape(), format, {16}, 16).meanDivergence;
  const double kv8 = compare(tinyShape(), format, {8}, 16).meanDivergence;
  const double kv4 = compare(tinyShape(), format, {4}, 16).meanDivergence;
  const double a8 = compare(tinyShape(), format, {16}, 8).meanDivergence;
  EXPECT_LT(kv16, kv8);
  EXPECT_LT(kv8, kv4);
  EXPECT_LT(kv16, a8);
  EXPECT_LT(kv8, 0.01);
  EXPECT_LT(a8, 0.01);
}

TEST(Llama, ResidualStreamStaysInAUsualRange) {
  // Guards the comparison itself: a model whose logits are all alike would agree with anything.
  const host::QuantizedModel model = host::makeRandomModel(tinyShape(), WeightFormat{64, 4, 16, 4}, 1);
  const Eigen::VectorXd logits = FloatLlama(model).step(3);
  EXPECT_GT(logits.maxCoeff() - logits.minCoeff(), 2.0);
  EXPECT_LT(logits.cwiseAbs().maxCoeff(), 100.0);
}

TEST(RandomModel, IsTheSameBitsEverywhere) {
  const host::QuantizedModel model = host::makeRandomModel(tinyShape(), WeightFormat{64, 4, 16, 4}, 7);
  PlainLlama plain(model, {8}, 16);
  std::uint64_t hash = 14695981039346656037u;
  for (const std::uint32_t token : {5u, 17u, 101u})
    for (const Q16 logit : plain.step(token))
      hash = (hash ^ static_cast<std::uint32_t>(logit)) * 1099511628211u;
  EXPECT_EQ(hash, 15755862637619947176u);
}

TEST(RandomModel, SeedsDiffer) {
  std::vector<std::vector<Q16>> logits;
  for (const std::uint64_t seed : {1u, 2u})
    logits.push_back(
        PlainLlama(host::makeRandomModel(tinyShape(), WeightFormat{64, 4, 16, 4}, seed), {16}, 16).step(1));
  EXPECT_NE(logits[0], logits[1]);
}

}  // namespace
}  // namespace pim::reference
