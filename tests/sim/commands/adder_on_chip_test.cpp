#include "tests/sim/commands/adder_on_chip.h"

#include <gtest/gtest.h>

#include "tests/sim/commands/pimtlm.h"

namespace pim::cli {
namespace {

TEST(AdderOnChip, HundredSums) {
  EXPECT_GE(sumsRightOnChip(100), 99u);
}

TEST(AdderOnChip, ShowsTheSumInTheUsualOrder) {
  const Outcome run =
      pimtlm({"generate", "--weights", PIMTLM_ADDER, "--prompt", "1234+5678=", "--generate", "8"});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(run.out.rfind("1234+5678=2196\n", 0), 0u) << run.out;
  EXPECT_NE(run.out.find("usual order: 6912\n"), std::string::npos) << run.out;
}

TEST(AdderOnChip, TellsHowFarThePromptIsAndHowFastTheHostWas) {
  const Words words{"generate", "--weights", PIMTLM_ADDER, "--prompt", "1234+5678=", "--generate", "8"};
  Words told = words, quiet = words;
  told.push_back("--progress");
  quiet.insert(quiet.end(), {"--progress", "--quiet"});
  const Outcome run = pimtlm(told);
  EXPECT_NE(run.err.find("prompt token 8/11"), std::string::npos) << run.err;  // the first tile's
  EXPECT_NE(run.out.find("host speed: "), std::string::npos) << run.out;
  const Outcome silent = pimtlm(quiet);
  EXPECT_EQ(silent.err.find("prompt token"), std::string::npos) << silent.err;
  EXPECT_EQ(silent.out, "2196");
}

TEST(AdderOnChip, CountsWhatTheWholeRunCostTheHost) {
  const auto host = pimtlmJson({"generate", "--weights", PIMTLM_ADDER, "--prompt", "1234+5678="})["host"];
  // All three are measured from the same moment on.
  EXPECT_GE(host["wall_seconds"].get<double>(),
            host["load_seconds"].get<double>() + host["first_token_seconds"].get<double>());
}

}  // namespace
}  // namespace pim::cli
