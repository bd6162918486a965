#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <sstream>

#include "tests/sim/commands/pimtlm.h"
#include "tests/sim/commands/shared_models.h"
#include "tests/support/temporary_folder.h"

// A trained LLaMA on the simulated chip against what two independent engines say of it (float arithmetic on
// the same 4-bit weights).

namespace pim::cli {
namespace {

class TrainedModel : public ::testing::Test {
 protected:
  void SetUp() override {
    m_folder = sharedModels();
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

/// How far the chip's predictions are from the reference's over the forced ids.
struct Agreement {
  double divergence = 0;  ///< mean Kullback-Leibler divergence, nats
  double sameBest = 0;    ///< share of positions with the same likeliest token
};

Agreement agreement(const std::vector<float>& reference, const std::vector<float>& ours) {
  constexpr std::size_t kVocab = 512;
  const std::size_t positions = ours.size() / kVocab;
  Agreement sum;
  for (std::size_t i = 0; i < positions; ++i) {
    const float* a = &reference[i * kVocab];
    const float* b = &ours[i * kVocab];
    const std::vector<double> p = softmax(a, kVocab);
    const std::vector<double> q = softmax(b, kVocab);
    for (std::size_t t = 0; t < kVocab; ++t) sum.divergence += p[t] * std::log(p[t] / q[t]);
    sum.sameBest += std::max_element(a, a + kVocab) - a == std::max_element(b, b + kVocab) - b ? 1 : 0;
  }
  return {sum.divergence / static_cast<double>(positions), sum.sameBest / static_cast<double>(positions)};
}

class Accuracy : public TrainedModel {
 protected:
  Agreement follow(const std::string& kvBits, const std::string& activationBits) const {
    const test::TemporaryFolder folder;
    const std::string& directory = folder.path();
    pimtlmJson({"generate", "--weights", weights(), "--forced", file("forced.ids"), "--logits",
                directory + "/l.f32", "--set", "kv.bits=" + kvBits, "--set",
                "activation.bits=" + activationBits});
    const std::vector<float> ours = readFloats(directory + "/l.f32");
    const std::vector<float> reference = readFloats(file("q4_0_forced.logits.f32"));
    EXPECT_EQ(ours.size(), reference.size());
    return agreement(reference, ours);
  }
  double perplexity(const std::string& kvBits, const std::string& activationBits) const {
    return pimtlmJson({"perplexity", "--weights", weights(), "--text", file("tinystories_sample.txt"),
                       "--tokens", "512", "--set", "kv.bits=" + kvBits, "--set",
                       "activation.bits=" + activationBits})["perplexity"]["value"];
  }
};

TEST_F(Accuracy, PredictsLikeTheReference) {
  const Agreement found = follow("16", "16");
  EXPECT_GE(found.sameBest, 0.99);
  EXPECT_LE(found.divergence, 1e-4);
}

TEST_F(Accuracy, TheTableInTheDocsIsWhatTheChipDoes) {
  const std::string page = readFile(PIMTLM_DOCS "/accuracy.md");
  for (const char* activation : {"16", "8"}) {
    for (const char* kv : {"16", "8", "4"}) {
      const Agreement found = follow(kv, activation);
      const std::string row = fmt::format("| A{} | {} | {:.1e} | {:.1f} % | {:.2f} |", activation, kv,
                                          found.divergence, 100 * found.sameBest, perplexity(kv, activation));
      EXPECT_NE(page.find(row), std::string::npos) << "docs/accuracy.md should have the row\n" << row;
    }
  }
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
