#include <gtest/gtest.h>

#include <vector>

#include "tests/sim/commands/pimtlm.h"

namespace pim::cli {
namespace {

TEST(LongRun, ThreeThousandTokensAfterAPromptOfFourThousand) {
  // Sixteen dies have room for 9824 tokens of llama-7b.
  const Outcome run = pimtlm({"run", "--model", "llama-7b", "--set", "chip.dies=16", "--prompt", "4096",
                              "--generate", "3000", "--per-token", "--progress", "--quiet", "--json", "-"});
  ASSERT_EQ(run.status, 0) << run.err;
  const auto json = nlohmann::json::parse(run.out);
  EXPECT_GE(json["capacity"]["max_context"].get<unsigned>(), 4096u + 3000u);
  EXPECT_EQ(json["prefill"]["tokens"], 4096u);
  EXPECT_EQ(json["tokens"].size(), 3000u);
  EXPECT_NE(run.err.find("token 3000/3000"), std::string::npos) << run.err;

  // A token costs more by what the cache has grown: the means of three stretches lie on a line.
  const auto times = json["decode"]["per_token"].get<std::vector<double>>();
  ASSERT_EQ(times.size(), 2999u);
  const auto mean = [&](std::size_t from) {
    double sum = 0;
    for (std::size_t i = from; i < from + 500; ++i) sum += times[i];
    return sum / 500;
  };
  const double early = mean(0), middle = mean(1200), late = mean(2400);
  EXPECT_GT(middle, 1.1 * early);
  EXPECT_NEAR(late - middle, middle - early, 0.02 * (late - early));
}

/// Whole tokens of llama-7b on aim8, each DRAM command of each of 128 banks watched.
void expectNoViolation(const Words& words) {
  Words all{"run", "--model", "llama-7b", "--check-timing"};
  all.insert(all.end(), words.begin(), words.end());
  const auto dram = pimtlmJson(all)["dram"];
  EXPECT_EQ(dram["violations"], 0u);
  EXPECT_GT(dram["checked_commands"].get<double>(), 1e6);
}

TEST(TimingCheckerOnWholeTokens, APrefillOf128) {
  expectNoViolation({"--prompt", "128", "--generate", "1"});
}

TEST(TimingCheckerOnWholeTokens, EightDecodeTokens) {
  expectNoViolation({"--prompt", "1", "--context", "127", "--generate", "9"});
}

}  // namespace
}  // namespace pim::cli
