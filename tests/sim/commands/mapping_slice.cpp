#include "tests/sim/commands/mapping_slice.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "tests/sim/commands/pimtlm.h"
#include "tests/sim/commands/shared_models.h"
#include "tests/support/temporary_folder.h"

namespace pim::cli {
namespace {

/// The settings of mapping `n` of 216: every combination of these, some with activations outside the chip or
/// with fused norms.
Words mapping(unsigned n) {
  Words words;
  if (n % 10 == 3) words = {"--set", "controller.activations=cmem"};
  if (n % 10 == 8) words = {"--set", "controller.activations=external"};
  if (n % 7 < 3) words.insert(words.end(), {"--set", "alu.fuse=residual_norm"});
  const auto choose = [&](const std::string& key, const Words& values) {
    words.insert(words.end(), {"--set", key + "=" + values[n % values.size()]});
    n /= static_cast<unsigned>(values.size());
  };
  choose("chip.dies", {"1", "2", "8"});
  choose("mapping.banks_per_head", {"1", "2", "4"});
  choose("mapping.token_tile", {"1", "4", "16"});
  choose("mapping.weights", {"1d", "2d"});
  choose("schedule.overlap", {"on", "off"});
  choose("mapping.fuse_qkv", {"on", "off"});
  if (std::find(words.begin(), words.end(), "mapping.weights=2d") != words.end())
    words.insert(words.end(), {"--set", "mapping.column_parts=2"});
  return words;
}

}  // namespace

void expectSameTextUnderMappings(unsigned first, unsigned stride) {
  const std::string model = sharedModels() + "stories260K-h192-q4_0-pure.gguf";
  if (!std::filesystem::exists(model)) GTEST_SKIP() << "no reference model at " << model;
  const test::TemporaryFolder folder;
  const std::string& directory = folder.path();
  const auto run = [&](const Words& settings) {
    Words words{"generate",   "--weights", model,      "--prompt",      "Once upon a time",
                "--generate", "12",        "--logits", directory + "/l"};
    words.insert(words.end(), settings.begin(), settings.end());
    return pimtlmJson(words);
  };
  const auto expected = run({});
  for (unsigned n = first; n < 216; n += stride) {
    const auto found = run(mapping(n));
    ASSERT_EQ(found["text"], expected["text"]) << "mapping " << n;
    ASSERT_EQ(found["logits_sha256"], expected["logits_sha256"]) << "mapping " << n;
  }
}

}  // namespace pim::cli
