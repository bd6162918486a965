#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/sim/commands/pimtlm.h"
#include "tests/support/temporary_folder.h"

namespace pim::cli {
namespace {

/// One layer with the shapes of LLaMA-7B and a small vocabulary, random: made for the test, 116 MB.
class RtlAtFullSize : public ::testing::Test {
 protected:
  RtlAtFullSize() {
    const std::string make =
        fmt::format("{} --layers 1 --vocab 512 --out {} > /dev/null", PIMTLM_MAKE_SYNTHETIC, m_weights);
    EXPECT_EQ(std::system(make.c_str()), 0) << make;
  }

  /// Prefill of five tokens, and one token of decode.
  nlohmann::json run(const Words& settings) const {
    Words words{"generate",     "--preset",          "aim8",       "--weights", m_weights,
                "--prompt-ids", "1,300,301,302,303", "--generate", "2"};
    for (const std::string& setting : settings) words.insert(words.end(), {"--set", setting});
    return pimtlmJson(words);
  }

  const test::TemporaryFolder m_folder;
  const std::string m_weights = m_folder.path("layer.gguf");
};

std::uint64_t commandsOf(const nlohmann::json& block) {
  std::uint64_t sum = 0;
  for (const auto& [name, count] : block.at("commands").items()) sum += count.get<std::uint64_t>();
  return sum;
}

TEST_F(RtlAtFullSize, ABankDoesALayerOfLlama7BAsItsModelDoes) {
  const nlohmann::json model = run({});
  const nlohmann::json rtl = run({"rtl.banks=check", "rtl.bank_select=die3.bank1"});
  EXPECT_EQ(rtl.at("tokens"), model.at("tokens"));
  EXPECT_EQ(rtl.at("simulated_seconds"), model.at("simulated_seconds"));

  // A mismatch would have ended the run; that all kinds of commands were compared is for us to see.
  ASSERT_EQ(rtl.at("rtl").size(), 1u);
  const nlohmann::json& bank = rtl.at("rtl")[0];
  EXPECT_EQ(bank.at("block"), "die3.bank1");
  EXPECT_EQ(bank.at("compared"), true);
  for (const char* name : {"MAC", "SCORE", "SOFTMAX", "PV", "STORE"})
    EXPECT_GE(bank.at("commands").value(name, 0), 2) << name << " in prefill and in decode";
  EXPECT_GT(bank.at("accesses"), 0);
  // It was clocked up to its last command, in cycles of half a nanosecond.
  const double seconds = rtl.at("simulated_seconds");
  EXPECT_GT(bank.at("cycles"), 0.8 * seconds / 0.5e-9);
}

TEST_F(RtlAtFullSize, EveryBankDoesALayerOfLlama7BAsItsModelDoes) {
  if (std::getenv("PIMTLM_ALL_BANKS") == nullptr) GTEST_SKIP() << "a nightly test";
  const nlohmann::json rtl = run({"rtl.banks=check", "rtl.alus=check"});
  ASSERT_EQ(rtl.at("rtl").size(), 8u * 16 + 1);
  for (const nlohmann::json& block : rtl.at("rtl")) EXPECT_GE(commandsOf(block), 10u) << block.at("block");
}

}  // namespace
}  // namespace pim::cli
