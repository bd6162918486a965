#include <gtest/gtest.h>

#include "tests/sim/commands/pimtlm.h"

namespace pim::cli {
namespace {

TEST(Describe, AwqFormOfSevenBillionTakesThreePointSevenGigabytes) {
  const auto capacity = pimtlmJson({"describe", "--model", "llama-7b", "--set", "weights.group=128", "--set",
                                    "weights.zero_bits=4", "--set", "weights.embedding_bits=16"})["capacity"];
  EXPECT_NEAR(capacity["model"].get<double>(), 3.70e9, 0.037e9);
  EXPECT_EQ(capacity["weight_codes"], 3303538688u);
  EXPECT_EQ(capacity["weight_scales"], 103235584u);
  EXPECT_EQ(capacity["weight_zeros"], 25808896u);
  EXPECT_EQ(
      capacity["controller_embedding"].get<std::uint64_t>() + capacity["embedding"].get<std::uint64_t>(),
      262144000u);
}

TEST(Describe, AWideEmbeddingCanBeTimedAndRefusesData) {
  const Words run{"run",
                  "--model",
                  "tiny",
                  "--prompt",
                  "4",
                  "--generate",
                  "2",
                  "--set",
                  "weights.group=32",
                  "--set",
                  "weights.embedding_bits=16"};
  EXPECT_GT(pimtlmJson(run)["decode"]["seconds"], 0.0);
  Words functional = run;
  functional.push_back("--functional");
  expectRefusal(functional, {"--functional", "weights.embedding_bits=0"});
}

}  // namespace
}  // namespace pim::cli
