#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <sstream>

#include "tests/cli/pimtlm.h"

// A trained LLaMA on the simulated chip against what two independent engines say of it (float arithmetic on
// the same 4-bit weights).

namespace pim::cli {
namespace {

class TrainedModel : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* shared = std::getenv("PIMTLM_SHARED");
    m_folder = std::string(shared != nullptr ? shared : PIMTLM_SHARED_DEFAULT) + "/models/";
    if (!std::filesystem::exists(weights())) GTEST_SKIP() << "no reference model at " << m_folder;
  }
  std::string weights() const { return m_folder + "stories260K-h192-q4_0-pure.gguf"; }
  std::string file(const std::string& name) const { return m_folder + name; }

  std::string m_folder;
};

std::vector<std::uint32_t> readIds(const std::string& path) {
  std::string text = readFile(path);
  std::replace(text.begin(), text.end(), ',', ' ');
  std::istringstream words(text);
  std::vector<std::uint32_t> ids;
  for (std::uint32_t id = 0; words >> id;) ids.push_back(id);
  return ids;
}

std::vector<float> readFloats(const std::string& path) {
  const std::string bytes = readFile(path);
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  return values;
}

std::vector<double> softmax(const float* logits, std::size_t n) {
  const float largest = *std::max_element(logits, logits + n);
  std::vector<double> p(n);
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += p[i] = std::exp(static_cast<double>(logits[i]) - largest);
  for (double& x : p) x /= sum;
  return p;
}

TEST_F(TrainedModel, PredictsLikeTheReference) {
  const std::string directory = scratchDirectory("logits");
  pimtlmJson(
      {"generate", "--weights", weights(), "--forced", file("forced.ids"), "--logits", directory + "/l.f32"});
  const std::vector<float> ours = readFloats(directory + "/l.f32");
  const std::vector<float> reference = readFloats(file("q4_0_forced.logits.f32"));
  std::filesystem::remove_all(directory);
  ASSERT_EQ(ours.size(), reference.size());
  constexpr std::size_t kVocab = 512;
  const std::size_t positions = ours.size() / kVocab;
  double divergence = 0;
  std::size_t same = 0;
  for (std::size_t i = 0; i < positions; ++i) {
    const float* a = &reference[i * kVocab];
    const float* b = &ours[i * kVocab];
    const std::vector<double> p = softmax(a, kVocab);
    const std::vector<double> q = softmax(b, kVocab);
    for (std::size_t t = 0; t < kVocab; ++t) divergence += p[t] * std::log(p[t] / q[t]);
    same += std::max_element(a, a + kVocab) - a == std::max_element(b, b + kVocab) - b;
  }
  EXPECT_GE(static_cast<double>(same), 0.99 * static_cast<double>(positions));
  EXPECT_LE(divergence / static_cast<double>(positions), 1e-4);
}

TEST_F(TrainedModel, WritesTheReferencesTokens) {
  const std::vector<std::uint32_t> reference = readIds(file("q4_0_greedy.ids"));
  const auto json = pimtlmJson({"generate", "--weights", weights(), "--prompt-ids", "1", "--generate",
                                std::to_string(reference.size()), "--ignore-eos"});
  EXPECT_EQ(json["tokens"].get<std::vector<std::uint32_t>>(), reference);
}

TEST_F(TrainedModel, DrawsTheSameStoryFromTheSameSeedWhateverTheMapping) {
  const auto story = [this](const Words& more) {
    Words words{"generate", "--weights", weights(), "--prompt", "Once upon a time", "--generate", "40"};
    words.insert(words.end(), {"--temperature", "0.9", "--top-p", "0.95"});
    words.insert(words.end(), more.begin(), more.end());
    return pimtlmJson(words);
  };
  const auto first = story({"--seed", "7"});
  EXPECT_EQ(first["sampling"], (nlohmann::json{{"temperature", 0.9}, {"top_p", 0.95}, {"seed", 7}}));
  EXPECT_EQ(story({"--set", "simulation.seed=7"})["text"], first["text"]);
  EXPECT_EQ(story({"--seed", "7", "--set", "chip.dies=3", "--set", "mapping.weights=2d"})["text"],
            first["text"]);
  EXPECT_NE(story({"--seed", "8"})["text"], first["text"]);
}

TEST_F(TrainedModel, ColdOrWithATinyNucleusItWritesTheLikeliest) {
  const Words greedy{"generate", "--weights", weights(), "--prompt", "The dog", "--generate", "24"};
  const auto with = [&](const Words& more) {
    Words words = greedy;
    words.insert(words.end(), more.begin(), more.end());
    return pimtlmJson(words)["tokens"];
  };
  const auto expected = with({});
  EXPECT_EQ(with({"--temperature", "1e-6"}), expected);
  EXPECT_EQ(with({"--temperature", "2", "--top-p", "0.00001"}), expected);
  EXPECT_NE(with({"--temperature", "2"}), expected);
}

}  // namespace
}  // namespace pim::cli
