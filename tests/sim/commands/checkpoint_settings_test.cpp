// What checkpoints and their neighbours say, and what a run tells of it.
#include <gtest/gtest.h>

#include "tests/sim/commands/pimtlm.h"
#include "tests/support/temporary_folder.h"
#include "tests/sw/host/safetensors_writer.h"
#include "tests/sw/host/tiny_model.h"

namespace pim::cli {
namespace {

using host::test::TinyHuggingFace;
using host::test::tinyModel;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// All weights 1/64, embedding 1, no attention: gate and up are the gain of the MLP's norm.
std::string writeGain(const test::TemporaryFolder& folder, float gain) {
  return folder.write("gain.gguf", tinyModel([&](const std::string& name, std::uint64_t) {
                                     if (name == "blk.0.ffn_norm.weight") return gain;
                                     if (name == "blk.0.ffn_down.weight") return 1e-4f;
                                     if (name == "blk.0.attn_output.weight") return 0.0f;
                                     const bool one = name == "token_embd.weight" || contains(name, "norm");
                                     return one ? 1.0f : 1.0f / 64;
                                   }).bytes());
}

Words generate(const std::string& weights, Words more = {}) {
  Words words{"generate", "--weights", weights, "--prompt-ids", "1,2,3", "--generate", "2"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

TEST(Saturation, IsCountedAndTold) {
  const test::TemporaryFolder folder;
  // 100 * 100 fits Q15.16; 300 * 300 does not, in each of 96 channels of 4 positions.
  EXPECT_EQ(pimtlmJson(generate(writeGain(folder, 100)))["saturation"]["values"], 0);
  const std::string weights = writeGain(folder, 300);
  const auto saturation = pimtlmJson(generate(weights))["saturation"];
  EXPECT_EQ(saturation["by"]["mlp"], 96 * 4) << saturation;
  EXPECT_EQ(saturation["values"], 96 * 4) << saturation;
  const Outcome run = pimtlm(generate(weights, {"--quiet"}));
  EXPECT_EQ(run.status, 0);
  EXPECT_TRUE(contains(run.err, "saturation: 384 values were clipped")) << run.err;
  // The same whatever computes: more threads, each bank by itself.
  for (const char* setting : {"simulation.threads=1", "simulation.exact_banks=on"})
    EXPECT_EQ(pimtlmJson(generate(weights, {"--set", setting}))["saturation"], saturation) << setting;
}

TEST(Checkpoint, SettingsAgainstItsFormatAreRefusedOrTold) {
  const test::TemporaryFolder folder;
  const std::string weights = folder.write("m.gguf", tinyModel().bytes());
  expectRefusal(generate(weights, {"--set", "weights.bits=16"}),
                {"--set: weights.bits: expected 4", "got 16"});
  EXPECT_EQ(pimtlm(generate(weights, {"--set", "weights.bits=4"})).status, 0);
  const std::string config = folder.write("chip.yaml", std::string("weights: {bits: 16}\n"));
  const Outcome run = pimtlm(generate(weights, {"--config", config}));
  EXPECT_EQ(run.status, 0);
  EXPECT_TRUE(contains(run.err, "chip.yaml:1: weights.bits: 16 is not used")) << run.err;
}

TEST(Checkpoint, GoingBeyondItsContextIsTold) {
  const test::TemporaryFolder folder;
  const std::string weights = folder.write("m.gguf", tinyModel().bytes());  // trained for 128
  EXPECT_FALSE(contains(pimtlm(generate(weights)).err, "trained for"));
  const Outcome run = pimtlm({"generate", "--weights", weights, "--prompt-ids", "1", "--generate", "128"});
  EXPECT_FALSE(contains(run.err, "trained for"));
  const Outcome beyond = pimtlm({"generate", "--weights", weights, "--prompt-ids", "1", "--generate", "129"});
  EXPECT_TRUE(contains(beyond.err, "may reach 129 tokens, but the model was made for 128")) << beyond.err;
}

TEST(Checkpoint, EndTokensEndATextPackedOrNot) {
  const test::TemporaryFolder folder;
  TinyHuggingFace model = TinyHuggingFace::awq();
  const Words ids{"--prompt-ids", "1,5,9", "--generate", "8"};
  const auto tokens = [&](const std::string& weights) {
    Words words{"generate", "--weights", weights};
    words.insert(words.end(), ids.begin(), ids.end());
    return pimtlmJson(words)["tokens"];
  };
  const auto all = tokens(model.write(folder));
  ASSERT_EQ(all.size(), 8u);
  model.config["eos_token_id"] = "[39, " + all[0].dump() + "]";
  const auto ended = tokens(model.write(folder));
  EXPECT_EQ(ended.dump(), "[" + all[0].dump() + "]");
  const std::string image = folder.path("m.pim");
  ASSERT_EQ(pimtlm({"pack", "--weights", folder.path(""), "--image", image, "--context", "16"}).status, 0);
  EXPECT_EQ(tokens(image), ended);
}

}  // namespace
}  // namespace pim::cli
