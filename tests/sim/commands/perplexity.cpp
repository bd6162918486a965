#include "tests/sim/commands/perplexity.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include "sw/host/pack/model_loader.h"
#include "tests/reference/float_llama.h"
#include "tests/sim/commands/pimtlm.h"
#include "tests/sim/commands/shared_models.h"
#include "tests/support/temporary_folder.h"

namespace pim::cli {
namespace {

constexpr std::size_t kContext = 512;  // that the model was trained with

std::vector<std::string> storiesOf(const std::string& text) {
  const std::string end = "<|endoftext|>";
  std::vector<std::string> stories;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t to = std::min(text.find(end, from), text.size());
    const std::string story = text.substr(from, to - from);
    if (story.find_first_not_of(" \n") != std::string::npos) stories.push_back(story);
    from = to + end.size();
  }
  return stories;
}

/// Sum of surprises over predictions.
struct Surprise {
  double nats = 0;
  double tokens = 0;
  double perplexity() const { return std::exp(nats / tokens); }
};

Surprise floatSurprise(const host::LoadedModel& loaded, const std::string& text) {
  std::vector<std::uint32_t> ids = loaded.tokenizer->encode(text);
  if (ids.size() > kContext) ids.resize(kContext);
  reference::FloatLlama model(loaded.model);
  Surprise sum;
  for (std::size_t i = 0; i + 1 < ids.size(); ++i) {
    const Eigen::ArrayXd logits = model.step(ids[i]).array();
    const double largest = logits.maxCoeff();
    sum.nats += largest + std::log((logits - largest).exp().sum()) - logits[ids[i + 1]];
    sum.tokens += 1;
  }
  return sum;
}

Surprise chipSurprise(const std::string& weights, const std::string& text) {
  const test::TemporaryFolder folder;
  const std::string& directory = folder.path();
  writeFile(directory + "/text", text);
  const auto json = pimtlmJson({"perplexity", "--weights", weights, "--text", directory + "/text", "--tokens",
                                std::to_string(kContext)})["perplexity"];
  const double tokens = json["tokens"];
  return {std::log(json["value"].get<double>()) * tokens, tokens};
}

}  // namespace

void expectPerplexityOfFloat(std::size_t stories) {
  const std::string weights = sharedModels() + "stories260K-h192-q4_0-pure.gguf";
  const std::string sample = sharedModels() + "tinystories_sample.txt";
  if (!std::filesystem::exists(weights) || !std::filesystem::exists(sample))
    GTEST_SKIP() << "no reference model and text in " << sharedModels();
  const host::LoadedModel loaded = host::loadModel(weights);
  const std::vector<std::string> texts = storiesOf(readFile(sample));
  ASSERT_FALSE(texts.empty());
  Surprise expected, found;
  for (std::size_t i = 0; i < std::min(stories, texts.size()); ++i) {
    const Surprise one = floatSurprise(loaded, texts[i]);
    const Surprise chip = chipSurprise(weights, texts[i]);
    ASSERT_EQ(chip.tokens, one.tokens) << "story " << i;
    expected = {expected.nats + one.nats, expected.tokens + one.tokens};
    found = {found.nats + chip.nats, found.tokens + chip.tokens};
  }
  std::printf("perplexity over %.0f tokens: chip %.4f, float %.4f\n", found.tokens, found.perplexity(),
              expected.perplexity());
  EXPECT_NEAR(found.perplexity() / expected.perplexity(), 1.0, 0.005);
}

}  // namespace pim::cli
