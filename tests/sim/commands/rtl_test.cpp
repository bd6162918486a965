#include <gtest/gtest.h>

#include "tests/sim/commands/pimtlm.h"

namespace pim::cli {
namespace {

Outcome sum(const std::vector<std::string>& more) {
  std::vector<std::string> words{"generate",   "--weights",  PIMTLM_ADDER, "--prompt",
                                 "1234+5678=", "--generate", "8"};
  words.insert(words.end(), more.begin(), more.end());
  return pimtlm(words);
}

/// The report without what the host took.
std::string ofTheChip(const std::string& out) {
  return out.substr(0, out.find("\n  host:"));
}

TEST(RtlInTheChip, TheAluOfRtlAddsAsTheModelDoes) {
  const auto run = [](const std::string& fidelity) {
    return pimtlmJson({"generate", "--weights", PIMTLM_ADDER, "--prompt", "1234+5678=", "--generate", "8",
                       "--set", "rtl.alus=" + fidelity});
  };
  const auto model = run("tlm"), rtl = run("rtl");
  EXPECT_EQ(rtl["tokens"], model["tokens"]);
  EXPECT_EQ(rtl["traffic"], model["traffic"]);
  for (const char* phase : {"prefill", "decode"})
    EXPECT_EQ(rtl[phase]["seconds"], model[phase]["seconds"]) << phase;
}

TEST(RtlInTheChip, EveryAluCommandOfASumIsTheSameInRtl) {
  const Outcome check = sum({"--set", "rtl.alus=check"});
  EXPECT_EQ(check.status, 0) << check.err;
  EXPECT_NE(check.out.find("usual order: 6912\n"), std::string::npos) << check.out;
}

TEST(RtlInTheChip, DrawsTheTokensThatTheModelDraws) {
  for (const char* topP : {"1", "0.9"}) {
    const auto run = [topP](const std::string& fidelity) {
      return pimtlmJson({"generate", "--weights", PIMTLM_ADDER, "--prompt", "1234+5678=", "--generate", "8",
                         "--temperature", "20", "--top-p", topP, "--set", "rtl.alus=" + fidelity});
    };
    const auto model = run("tlm"), check = run("check");
    EXPECT_EQ(check["tokens"], model["tokens"]);
    EXPECT_EQ(check["rtl"][0]["commands"]["SAMPLE"], 8) << check["rtl"];
    const double seconds = model["decode"]["seconds"];
    EXPECT_NEAR(check["decode"]["seconds"].get<double>(), seconds, 0.01 * seconds);
  }
}

TEST(RtlInTheChip, EveryAccessToADieIsTheSameInRtl) {
  const Outcome model = sum({}), check = sum({"--set", "rtl.dies=check"}),
                rtl = sum({"--set", "rtl.dies=rtl"});
  EXPECT_EQ(check.status, 0) << check.err;
  EXPECT_NE(check.out.find("usual order: 6912\n"), std::string::npos) << check.out;
  EXPECT_EQ(ofTheChip(check.out), ofTheChip(model.out)) << "tokens and times";
  EXPECT_EQ(ofTheChip(rtl.out), ofTheChip(model.out)) << "tokens and times";
}

/// SCORE arrives while the last write of STORE is on its way to the cells; without refreshes nothing else
/// moves it.
TEST(RtlInTheChip, ACommandMayArriveBeforeTheLastWriteIsInTheCells) {
  const Outcome run =
      pimtlm({"generate", "--weights", PIMTLM_ADDER, "--preset", "small", "--prompt", "1+2=", "--generate",
              "2", "--quiet", "--set", "rtl.banks=check", "--set", "mapping.token_tile=1", "--set",
              "dram.row_buffers=2", "--set", "dram.refresh=off"});
  EXPECT_EQ(run.status, 0) << run.err;
}

TEST(RtlInTheChip, ARunWithoutDataHasNothingForRtlToCompute) {
  const Outcome run =
      pimtlm({"run", "--model", "llama-7b", "--prompt", "1", "--generate", "1", "--set", "rtl.alus=rtl"});
  EXPECT_EQ(run.status, 2);
  EXPECT_NE(run.err.find("rtl.alus: expected tlm in a run without data"), std::string::npos) << run.err;
}

}  // namespace
}  // namespace pim::cli
