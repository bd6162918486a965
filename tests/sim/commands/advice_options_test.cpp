#include <gtest/gtest.h>

#include "tests/sim/commands/pimtlm.h"
#include "tests/support/temporary_folder.h"

// What `pimtlm run` says of single changes, and where it does not.
namespace pim::cli {
namespace {

using Json = nlohmann::json;

Words runWith(const Words& more) {
  Words words{"run", "--model", "tiny", "--prompt", "9", "--generate", "3", "--set", "weights.group=32"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

TEST(AdviceOptions, TheTableEndsWithWhatWasTried) {
  const std::string table = pimtlm(runWith({"--set", "link.exchange_latency_ns=2000"})).out;
  const std::size_t at = table.find("what helps:");
  ASSERT_NE(at, std::string::npos) << table;
  EXPECT_NE(table.find("link.exchange_latency_ns=1000", at), std::string::npos) << table;
  EXPECT_NE(table.find("firmware: the core is busy for"), std::string::npos) << table;
  EXPECT_NE(table.find(" x slower it costs "), std::string::npos) << table;
}

TEST(AdviceOptions, NoAdviceAndProgramsDoNotWaitForIt) {
  EXPECT_EQ(pimtlm(runWith({"--no-advice"})).out.find("what helps"), std::string::npos);
  EXPECT_FALSE(pimtlmJson(runWith({})).contains("advice"));
  expectRefusal(runWith({"--advice", "--no-advice"}), {"--no-advice", "--advice"});
}

TEST(AdviceOptions, WhatIsPrintedIsWhatARunByHandGives) {
  const Json result = pimtlmJson(runWith({"--advice", "--set", "controller.firmware_clock_ns=30"}));
  for (const char* const stage : {"decode", "prefill"}) {
    ASSERT_FALSE(result["advice"][stage].empty()) << stage;
    for (const Json& tried : result["advice"][stage]) {
      SCOPED_TRACE(tried["change"]);
      const Json after =
          pimtlmJson(runWith({"--set", "controller.firmware_clock_ns=30", "--set", tried["change"]}));
      EXPECT_EQ(tried["tokens_per_second"], after[stage]["tokens_per_second"]);
      EXPECT_EQ(tried["gain"].get<double>(), after[stage]["tokens_per_second"].get<double>() /
                                                     result[stage]["tokens_per_second"].get<double>() -
                                                 1);
      EXPECT_GE(tried["gain"], 0.01);
    }
  }
  EXPECT_EQ(result["advice"]["decode"][0]["kind"], "chip");
  EXPECT_EQ(result["advice"]["decode"][0]["change"].get<std::string>().rfind("controller.firmware_", 0), 0u);
}

TEST(AdviceOptions, ThePageNamesTheSameChanges) {
  const test::TemporaryFolder folder;
  const Outcome run = pimtlm(runWith({"--quiet", "--out", folder.path("r")}));
  ASSERT_EQ(run.status, 0) << run.err;
  const Json result = Json::parse(readFile(folder.path("r/result.json")));
  const std::string page = readFile(folder.path("r/report.html"));
  for (const char* const stage : {"decode", "prefill"}) {
    for (const Json& tried : result["advice"][stage])
      EXPECT_NE(page.find(tried["change"].get<std::string>() + ": "), std::string::npos) << tried;
  }
}

}  // namespace
}  // namespace pim::cli
