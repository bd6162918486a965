// Runs side by side: what was set differently, what came out differently, and why.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "tests/sim/commands/pimtlm.h"
#include "tests/support/temporary_folder.h"

namespace pim::cli {
namespace {

using Json = nlohmann::json;

class Compare : public testing::Test {
 protected:
  std::string run(const std::string& name, const Words& more) {
    Words words{"run",        "--model", "tinyllama-1.1b", "--prompt", "8",
                "--generate", "3",       "--quiet",        "--out",    m_directory + '/' + name};
    words.insert(words.end(), more.begin(), more.end());
    const Outcome outcome = pimtlm(words);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    return m_directory + '/' + name;
  }
  static Json settingsOf(const Json& comparison) {
    Json settings;
    for (const Json& s : comparison["settings"]) settings[s["key"].get<std::string>()] = s["values"];
    return settings;
  }

  const test::TemporaryFolder m_folder;
  const std::string& m_directory = m_folder.path();
};

TEST_F(Compare, NamesWhatDiffersBetweenTwoPresetsAndWhatThatChangedMost) {
  const std::string aim8 = run("aim8", {"--preset", "aim8"}), edge = run("edge", {"--preset", "edge"});
  const Json c = pimtlmJson({"compare", aim8, edge})["compare"];
  const Json settings = settingsOf(c);
  const Json one = Json::parse(readFile(aim8 + "/result.json")),
             two = Json::parse(readFile(edge + "/result.json"));
  // Exactly the keys that differ, with both values.
  std::size_t differing = 0;
  for (const auto& [group, values] : one["config"].items()) {
    if (!values.is_object()) continue;
    for (const auto& [key, value] : values.items()) {
      const Json& other = two["config"][group][key];
      const std::string path = group + '.' + key;
      EXPECT_EQ(settings.contains(path), value != other) << path;
      if (value == other) continue;
      ++differing;
      EXPECT_EQ(settings[path], (Json{{"aim8", value}, {"edge", other}}));
    }
  }
  EXPECT_GT(differing, 2u);
  EXPECT_TRUE(settings.contains("dram.t_ccd_ns"));

  // The component with the largest difference on the critical path, found here by hand.
  const Json &a = one["components"]["critical_path"], &b = two["components"]["critical_path"];
  std::string most;
  double largest = -1;
  for (const auto& [name, seconds] : a.items()) {
    const double change = std::abs(b[name].get<double>() - seconds.get<double>());
    if (change > largest) most = name;
    largest = std::max(largest, change);
  }
  EXPECT_EQ(c["changed_most"]["edge"], most);
  EXPECT_EQ(most, "bank_weights");  // slower banks read as many weights
  const std::string sentence = c["summary"][0];
  EXPECT_NE(sentence.find("reading weights in the banks"), std::string::npos) << sentence;

  for (const Json& row : c["results"]) {
    if (row["key"] != "/decode/tokens_per_second") continue;
    const double before = one["decode"]["tokens_per_second"], after = two["decode"]["tokens_per_second"];
    EXPECT_DOUBLE_EQ(row["ratios"]["edge"], after / before);
  }
}

TEST_F(Compare, TheTableHasSettingsFirst) {
  // The firmware of aim8's core bounds TinyLLaMA at a short context, whatever the links.
  const Words fastCore{"--set", "controller.firmware_clock_ns=0.001"};
  const Outcome compare = pimtlm(
      {"compare", run("a", fastCore), run("b", fastCore + Words{"--set", "link.bandwidth_gb_per_s=4"})});
  EXPECT_EQ(compare.status, 0) << compare.err;
  const std::size_t setting = compare.out.find("link.bandwidth_gb_per_s");
  EXPECT_LT(setting, compare.out.find("decode rate"));
  EXPECT_NE(compare.out.find("moving activations over the links"), std::string::npos) << compare.out;
}

TEST_F(Compare, ARunWithItselfDiffersInNothing) {
  const std::string a = run("a", {});
  const Json c = pimtlmJson({"compare", a, a + "/result.json"})["compare"];
  EXPECT_EQ(c["runs"], (Json{"a", "a (2)"}));
  EXPECT_TRUE(c["settings"].empty());
  EXPECT_TRUE(c["changed_most"].empty());
  for (const Json& row : c["results"]) EXPECT_EQ(row["ratios"]["a (2)"], 1.0) << row;
}

TEST_F(Compare, ThreeRunsAreComparedWithTheFirst) {
  const Json c = pimtlmJson({"compare", run("a", {}), run("b", {"--set", "link.bandwidth_gb_per_s=4"}),
                             run("c", {"--set", "kv.bits=4"})})["compare"];
  EXPECT_EQ(c["summary"].size(), 2u);
  EXPECT_EQ(settingsOf(c)["kv.bits"], (Json{{"a", 16}, {"b", 16}, {"c", 4}}));
}

TEST_F(Compare, WritesAPage) {
  const std::string out = m_directory + "/page";
  const Outcome compare =
      pimtlm({"compare", run("a", {}), run("b", {"--preset", "edge"}), "--out", out, "--quiet"});
  EXPECT_EQ(compare.status, 0) << compare.err;
  EXPECT_NE(readFile(out + "/report.html").find("Settings that differ"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(out + "/config.yaml"));
}

TEST_F(Compare, RefusesWhatIsMissingDamagedOrNoResult) {
  const std::string good = run("good", {});
  expectRefusal({"compare", good, m_directory + "/nothing"}, {m_directory + "/nothing"});
  expectRefusal({"compare", good}, {"at least two"});
  const std::string bad = m_directory + "/bad.json";
  const std::string whole = readFile(good + "/result.json");
  writeFile(bad, whole.substr(0, whole.size() / 2));
  expectRefusal({"compare", good, bad}, {"bad.json", "damaged"});
  for (const char* text : {"[1, 2]", "", "3"}) {
    writeFile(bad, text);
    expectRefusal({"compare", bad, good}, {"bad.json"});
  }
  writeFile(bad, R"({"tokens": []})");
  expectRefusal({"compare", good, bad}, {"bad.json", "config"});
  writeFile(bad, R"({"config": {"name": "x"}, "decode": {"tokens_per_second": "fast"}})");
  expectRefusal({"compare", good, bad}, {"bad.json", "/decode/tokens_per_second", "number"});
  writeFile(bad, R"({"config": {"name": "x"}, "decode": 7})");
  EXPECT_EQ(pimtlm({"compare", good, bad}).status, 0);
  expectRefusal({"compare", good, good, "--preset", "aim8"}, {"--preset"});
}

/// Many runs: a line for each and one sentence, where few have a sentence and a column each.
TEST_F(Compare, StaysLegibleWithManyRuns) {
  Words words{"compare"};
  for (const char* latency : {"400", "40", "80", "120", "160", "200"})
    words.push_back(
        run(std::string("at-") + latency, {"--set", std::string("link.exchange_latency_ns=") + latency}));
  const Outcome outcome = pimtlm(words);
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(outcome.out.rfind("Of 6 runs at-40 is the fastest in decode, ", 0), 0u) << outcome.out;
  EXPECT_NE(outcome.out.find("and at-400 the slowest"), std::string::npos) << outcome.out;
  EXPECT_LT(std::count(outcome.out.begin(), outcome.out.end(), '\n'), 14) << outcome.out;
  std::size_t longest = 0, at = 0;
  for (std::size_t end; (end = outcome.out.find('\n', at)) != std::string::npos; at = end + 1)
    longest = std::max(longest, end - at);
  EXPECT_LT(longest, 200u) << outcome.out;
  const Json c = pimtlmJson(words)["compare"];
  EXPECT_EQ(c["summary"].size(), 6u) << "the sentence over all, then one for each but the first";
  EXPECT_FALSE(c["results"].empty());
}

}  // namespace
}  // namespace pim::cli
