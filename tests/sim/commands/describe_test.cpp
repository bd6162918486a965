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

TEST(Describe, KvCacheIsThatOfTheContextItNames) {
  const auto capacity = pimtlmJson({"describe", "--model", "llama-7b"})["capacity"];
  EXPECT_EQ(capacity["context"], capacity["max_context"]);
  // 16 bits for K and V of 32 layers of 4096, and the meta bytes of each block of 32 tokens, 2 in a column
  // of 32.
  const double bytes = capacity["max_context"].get<double>() * 2 * 32 * 4096 * 2;
  EXPECT_GE(capacity["kv_cache"].get<double>(), bytes);
  EXPECT_LE(capacity["kv_cache"].get<double>(), 1.01 * bytes);
}

TEST(Describe, SaysWhatLimitsTheContext) {
  const auto limit = [](const Words& settings) {
    Words words{"describe", "--model", "llama-7b"};
    words.insert(words.end(), settings.begin(), settings.end());
    return pimtlmJson(words)["capacity"]["max_context_limited_by"];
  };
  EXPECT_EQ(limit({}), "bmem");
  EXPECT_EQ(limit({"--set", "bank.bmem_mib=1024"}), "bram");
}

TEST(Describe, NamesThePeakOfTheAlus) {
  EXPECT_EQ(pimtlmJson({"describe"})["peaks"]["alu_gops"], 64.0);
  EXPECT_EQ(pimtlmJson({"describe", "--set", "controller.alu_clock_ns=2"})["peaks"]["alu_gops"], 32.0);
}

}  // namespace
}  // namespace pim::cli
