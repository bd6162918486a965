#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "core/arith/elementwise.h"
#include "sw/host/quantise/quantize.h"
#include "tests/reference/divergence.h"
#include "tests/reference/float_llama.h"
#include "tests/reference/plain_llama.h"

namespace pim::reference {
namespace {

/// A trained model against the logits that an independent engine computed from the same 4-bit weights.
class Stories : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* shared = std::getenv("PIMTLM_SHARED");
    m_folder = std::string(shared ? shared : PIMTLM_SHARED_DEFAULT) + "/models/";
    if (!std::ifstream(m_folder + "forced.ids")) GTEST_SKIP() << m_folder << "forced.ids is absent";
    m_ids = readIds("forced.ids");
    const auto file = std::make_shared<const host::Checkpoint>(
        host::loadCheckpoint(m_folder + "stories260K-h192-q4_0-pure.gguf"));
    m_model = host::quantize(file).model;

    std::vector<float> logits(m_ids.size() * m_model.shape.vocab);
    std::ifstream stream(m_folder + "q4_0_forced.logits.f32", std::ios::binary);
    stream.read(reinterpret_cast<char*>(logits.data()),
                static_cast<std::streamsize>(logits.size() * sizeof(float)));
    ASSERT_TRUE(stream) << "logits are not ids x vocabulary";
    const auto vocab = static_cast<Eigen::Index>(m_model.shape.vocab);
    for (std::size_t i = 0; i < m_ids.size(); ++i)
      m_expected.emplace_back(
          Eigen::Map<const Eigen::VectorXf>(&logits[i * m_model.shape.vocab], vocab).cast<double>());
  }

  std::vector<std::uint32_t> readIds(const std::string& name) const {
    std::ifstream file(m_folder + name);
    std::vector<std::uint32_t> ids;
    for (std::uint32_t id = 0; file >> id; file.ignore(1, ',')) ids.push_back(id);
    return ids;
  }

  struct Agreement {
    double divergence = 0;  ///< mean, nats
    double sameBest = 0;    ///< share of positions
  };

  template <typename Step>
  Agreement follow(Step step) const {
    Agreement sum;
    for (std::size_t i = 0; i < m_ids.size(); ++i) {
      const Eigen::VectorXd found = step(m_ids[i]);
      Eigen::Index best = 0, foundBest = 0;
      m_expected[i].maxCoeff(&best);
      found.maxCoeff(&foundBest);
      sum.divergence += divergence(m_expected[i], found);
      sum.sameBest += best == foundBest ? 1 : 0;
    }
    const auto n = static_cast<double>(m_ids.size());
    return {sum.divergence / n, sum.sameBest / n};
  }

  Agreement followPlain(std::uint32_t kvBits, std::uint32_t activationBits) const {
    PlainLlama plain(m_model, {kvBits}, activationBits);
    const Agreement found = follow([&plain](std::uint32_t id) {
      const std::vector<Q16> logits = plain.step(id);
      return Eigen::VectorXd(
          Eigen::Map<const Eigen::VectorXi>(logits.data(), static_cast<Eigen::Index>(logits.size()))
              .cast<double>() /
          65536.0);
    });
    std::printf("KV %2u, A%-2u: mean KL %.2e, same best %.4f\n", kvBits, activationBits, found.divergence,
                found.sameBest);
    return found;
  }

  std::string m_folder;
  std::vector<std::uint32_t> m_ids;
  host::QuantizedModel m_model;
  std::vector<Eigen::VectorXd> m_expected;
};

TEST_F(Stories, TheFloatReferenceAgreesWithTheIndependentEngine) {
  FloatLlama truth(m_model);
  const Agreement found = follow([&truth](std::uint32_t id) { return truth.step(id); });
  EXPECT_LT(found.divergence, 1e-6);
  EXPECT_EQ(found.sameBest, 1.0);
}

TEST_F(Stories, TheIntegersAgreeWithTheIndependentEngine) {
  const Agreement found = followPlain(16, 16);
  EXPECT_LE(found.divergence, 1e-4);
  EXPECT_GE(found.sameBest, 0.99);
}

TEST_F(Stories, GreedyTokensAreThoseOfTheIndependentEngine) {
  const std::vector<std::uint32_t> expected = readIds("q4_0_greedy.ids");
  ASSERT_EQ(expected.size(), 255u);
  PlainLlama plain(m_model, {16}, 16);
  std::uint32_t token = 1;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    token = argmax(plain.step(token).data(), m_model.shape.vocab);
    ASSERT_EQ(token, expected[i]) << "token " << i;
  }
}

TEST_F(Stories, FewerBitsDegradeGracefully) {
  EXPECT_LT(followPlain(16, 8).divergence, 0.01);
  EXPECT_LT(followPlain(8, 16).divergence, 0.02);
  EXPECT_LT(followPlain(4, 16).divergence, 2.0);
}

}  // namespace
}  // namespace pim::reference
