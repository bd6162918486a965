// A trained model in other formats than dense 4 bits: the integers of the chip against a float evaluation of
// the same codes.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "core/arith/elementwise.h"
#include "sw/host/pack/model_loader.h"
#include "tests/reference/divergence.h"
#include "tests/reference/float_llama.h"
#include "tests/reference/plain_llama.h"

namespace pim::reference {
namespace {

std::string modelFolder() {
  const char* shared = std::getenv("PIMTLM_SHARED");
  return std::string(shared != nullptr ? shared : PIMTLM_SHARED_DEFAULT) + "/models/";
}

std::vector<std::uint32_t> forcedIds() {
  std::ifstream file(modelFolder() + "forced.ids");
  std::vector<std::uint32_t> ids;
  for (std::uint32_t id = 0; file >> id;) {
    ids.push_back(id);
    if (file.peek() == ',') file.get();
  }
  return ids;
}

Eigen::VectorXd toFloat(const std::vector<Q16>& logits) {
  Eigen::VectorXd out(static_cast<Eigen::Index>(logits.size()));
  for (std::size_t i = 0; i < logits.size(); ++i) out(static_cast<Eigen::Index>(i)) = logits[i] / 65536.0;
  return out;
}

struct FormatCase {
  std::uint32_t bits, sparsity;
};

class CompressedStories : public ::testing::TestWithParam<FormatCase> {};

TEST_P(CompressedStories, FollowAFloatEvaluationOfTheSameCodes) {
  const std::string weights = modelFolder() + "stories260K-f32.gguf";
  if (!std::filesystem::exists(weights)) GTEST_SKIP() << "no reference model at " << weights;
  host::QuantizeOptions options;
  options.formats = WeightFormat{32, GetParam().bits, 16, 0, GetParam().sparsity};
  const host::QuantizedModel model = host::loadModel(weights, "", options).model;
  ASSERT_EQ(model.layers.front().down.format.weightBits, GetParam().bits);
  ASSERT_EQ(model.layers.front().down.format.sparsity, GetParam().sparsity);
  PlainLlama plain(model, {16}, 16);
  FloatLlama truth(model);
  const std::vector<std::uint32_t> ids = forcedIds();
  ASSERT_GT(ids.size(), 200U);
  double sum = 0;
  double same = 0;
  for (const std::uint32_t id : ids) {
    const std::vector<Q16> logits = plain.step(id);
    const Eigen::VectorXd expected = truth.step(id);
    Eigen::Index best = 0;
    expected.maxCoeff(&best);
    sum += divergence(expected, toFloat(logits));
    same += argmax(logits.data(), model.shape.vocab) == static_cast<std::uint32_t>(best) ? 1 : 0;
  }
  const auto positions = static_cast<double>(ids.size());
  std::printf("mean KL %.2e nats, same best %.2f %%\n", sum / positions, 100 * same / positions);
  EXPECT_LE(sum / positions, 1e-4);
  EXPECT_GE(same / positions, 0.99);
}

INSTANTIATE_TEST_SUITE_P(Formats, CompressedStories,
                         ::testing::Values(FormatCase{3, 0}, FormatCase{5, 0}, FormatCase{8, 0},
                                           FormatCase{4, 8}, FormatCase{4, 4}, FormatCase{4, 2}),
                         [](const auto& test) {
                           return "Bits" + std::to_string(test.param.bits) +
                                  (test.param.sparsity ? "Kept" + std::to_string(test.param.sparsity) : "");
                         });

}  // namespace
}  // namespace pim::reference
