// The report page in a browser: every chart has marks, their numbers are the result's, nothing goes wrong and
// nothing is fetched.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <regex>

#include "tests/sim/commands/pimtlm.h"
#include "tests/support/temporary_folder.h"

namespace pim::cli {
namespace {

using Json = nlohmann::json;

std::string withoutEntities(std::string text) {
  const std::pair<const char*, const char*> entities[] = {
      {"&quot;", "\""}, {"&lt;", "<"}, {"&gt;", ">"}, {"&amp;", "&"}};
  for (const auto& [entity, character] : entities) {
    for (std::size_t at = 0; (at = text.find(entity, at)) != std::string::npos; at += 1) {
      text.replace(at, std::string(entity).size(), character);
    }
  }
  return text;
}

class ReportPage : public testing::Test {
 protected:
  void makeReport(Words words) {
    words.insert(words.end(), {"--out", m_directory + "/run", "--quiet"});
    const Outcome run = pimtlm(words);
    ASSERT_EQ(run.status, 0) << run.err;
    m_page = readFile(m_directory + "/run/report.html");
    m_result = Json::parse(readFile(m_directory + "/run/result.json"));
  }

  /// The page after it has run, and what it says of itself; skips where there is no browser.
  void open(const std::string& path) {
    if (std::system("command -v chromium > /dev/null") != 0) GTEST_SKIP() << "no chromium";
    const std::string dom = m_directory + "/dom.html", log = m_directory + "/log";
    const std::string line =
        "timeout 120 chromium --headless --no-sandbox --disable-gpu --enable-logging=stderr --log-level=0 "
        "--user-data-dir=" +
        m_directory + "/profile --virtual-time-budget=10000 --dump-dom 'file://" +
        std::filesystem::absolute(path).string() + "' > " + dom + " 2> " + log + " < /dev/null";
    ASSERT_EQ(std::system(line.c_str()), 0) << readFile(log);
    m_dom = readFile(dom);
    m_log = readFile(log);
    std::smatch found;
    ASSERT_TRUE(std::regex_search(m_dom, found, std::regex("data-check=\"([^\"]*)\""))) << m_log;
    m_check = Json::parse(withoutEntities(found[1]));
    EXPECT_EQ(m_check["errors"], Json::array());
    EXPECT_EQ(m_log.find("CONSOLE"), std::string::npos) << m_log;
    for (const auto& [id, chart] : m_check["charts"].items()) EXPECT_GT(chart["marks"], 0) << id;
  }

  /// Values of a chart by the label of the dataset.
  Json values(const std::string& chart, const std::string& label) const {
    for (const Json& dataset : m_check["charts"][chart]["datasets"]) {
      if (dataset["label"] == label) return dataset["values"];
    }
    return {};
  }

  const test::TemporaryFolder m_folder;
  const std::string& m_directory = m_folder.path();
  std::string m_page, m_dom, m_log;
  Json m_result, m_check;
};

const Words kRun{"run", "--model", "llama-7b", "--prompt", "32", "--generate", "8"};

TEST_F(ReportPage, NeedsNoOtherFileAndNoNetwork) {
  makeReport(kRun);
  EXPECT_NE(m_page.find("default-src 'none'"), std::string::npos);
  for (const char* outside : {"<link", "src=", "@import", "url("}) {
    // Chart.js names places on the web in comments; markup and styles of ours fetch nothing.
    const std::string ours =
        m_page.substr(0, m_page.find("Chart.js v")) + m_page.substr(m_page.rfind("</script>"));
    EXPECT_EQ(ours.find(outside), std::string::npos) << outside;
  }
  EXPECT_NE(m_page.find("Permission is hereby granted"), std::string::npos) << "the licence of the charts";
}

TEST_F(ReportPage, ChartsShowTheNumbersOfTheResult) {
  makeReport(kRun);
  open(m_directory + "/run/report.html");
  if (IsSkipped()) return;

  const Json& decode = m_result["components"];
  const std::pair<const char*, const char*> parts[] = {
      {"bank weights", "bank_weights"}, {"bank KV", "bank_kv"},
      {"link weights", "link_weights"}, {"controller weights", "controller_weights"},
      {"latency", "latency"},           {"firmware", "firmware"}};
  for (const auto& [label, key] : parts) {
    const Json plotted = values("components", label);  // ms: decode busy, critical; prefill busy, critical
    ASSERT_EQ(plotted.size(), 4u) << label;
    EXPECT_DOUBLE_EQ(plotted[0].get<double>() * 1e-3, decode[key]["busy"]) << label;
    EXPECT_DOUBLE_EQ(plotted[1].get<double>() * 1e-3, decode["critical_path"][key]) << label;
    EXPECT_DOUBLE_EQ(plotted[2].get<double>() * 1e-3, m_result["prefill"]["components"][key]["busy"])
        << label;
  }
  const Json energy = values("energy", "energy");  // mJ, the largest first
  double sum = 0;
  for (const Json& joules : energy) sum += joules.get<double>() * 1e-3;
  EXPECT_NEAR(sum, m_result["energy"]["joules_per_token"], 1e-12);
  EXPECT_DOUBLE_EQ(values("capacity", "KV cache")[0].get<double>() * 1e6, m_result["capacity"]["kv_cache"]);
  EXPECT_DOUBLE_EQ(values("capacity", "free")[0].get<double>() * 1e6, m_result["capacity"]["free"]);

  const Json tokens = values("per_token", "decode token");
  ASSERT_EQ(tokens.size(), 7u);
  EXPECT_EQ(tokens[0]["x"], 33);  // 32 of the prompt and itself
  double seconds = 0;
  for (const Json& token : tokens) seconds += token["y"].get<double>() * 1e-3;
  EXPECT_NEAR(seconds, m_result["decode"]["seconds"], 1e-12);

  // Attention and the four matrices of a layer, and the head; none above the roof.
  const Json steps = values("roofline", "decode");
  EXPECT_EQ(steps.size(), 6u);
  const double peak = 2.0 * 128 * m_result["config"]["bank"]["mac_lanes"].get<double>();
  for (const Json& step : steps) {
    EXPECT_GT(step["y"], 0);
    EXPECT_LE(step["y"].get<double>(), std::min(peak, step["x"].get<double>() * 4096) * 1.0001) << step;
  }
  // One cell a bank, and the table of the analysis.
  EXPECT_NE(m_dom.find("die 7, bank 15: "), std::string::npos);
  EXPECT_NE(m_dom.find("weights through the banks"), std::string::npos);
  EXPECT_NE(m_dom.find("pimtlm run --model llama-7b --prompt 32 --generate 8 --out"), std::string::npos);
}

TEST_F(ReportPage, ALayersScheduleIsThatOfTheTimeline) {
  makeReport(kRun);
  open(m_directory + "/run/report.html");
  if (IsSkipped()) return;
  const Json timeline = Json::parse(readFile(m_directory + "/run/timeline.json"));
  double alus = 0;  // us
  for (const Json& e : timeline["traceEvents"]) {
    if (e["ph"] == "M" || e.value("cat", "") != "alu" || e["args"]["layer"] != 16 ||
        e["args"]["token"] != "decode token 0")
      continue;
    alus -= e["ts"].get<double>();
  }
  for (const Json& e : timeline["traceEvents"]) {
    if (e["ph"] == "E" && e["pid"] == 4 && e["args"]["layer"] == 16 && e["args"]["token"] == "decode token 0")
      alus += e["ts"].get<double>();
  }
  double shown = 0;
  for (const char* part : {"controller weights", "controller KV"}) {
    for (const Json& bar : values("schedule", part)) {
      EXPECT_EQ(bar["y"], "ALUs");
      shown += bar["x"][1].get<double>() - bar["x"][0].get<double>();
    }
  }
  EXPECT_NEAR(shown, alus, 1e-6);
  EXPECT_GT(values("schedule", "bank weights").size(), 4u) << "q, k, v, output, gate and up, down";
}

// What the page says helps most does: a run with it gives what the page says, and nothing else gives more.
TEST_F(ReportPage, NamesTheSettingThatHelpsMost) {
  makeReport(kRun);
  const std::string lead = "changes that were tried these help most: ";
  std::size_t at = m_page.find(lead);
  for (const char* const stage : {"decode", "prefill"}) {
    ASSERT_NE(at, std::string::npos) << stage;
    at += lead.size();
    const std::size_t colon = m_page.find(": ", at);
    const std::string named = m_page.substr(at, colon - at);
    const double promised = std::stod(m_page.substr(colon + 2));
    for (const std::string& setting :
         {named, std::string("dram.row_buffers=2"), std::string("bank.mac_lanes=128"),
          std::string("link.bandwidth_gb_per_s=64")}) {
      Words words = kRun;
      words.insert(words.end(), {"--set", setting});
      const double rate = pimtlmJson(words)[stage]["tokens_per_second"];
      if (setting == named) {
        EXPECT_NEAR(rate, promised, 0.05) << stage << ' ' << setting;
      }
      EXPECT_LE(rate, promised + 0.05) << stage << ' ' << setting;
    }
    at = m_page.find(lead, colon);
  }
}

TEST_F(ReportPage, EveryChartIsAlsoThereForThoseWhoDoNotSeeIt) {
  makeReport(kRun);
  open(m_directory + "/run/report.html");
  if (IsSkipped()) return;
  EXPECT_EQ(m_check["charts"].size(), 7u);
  for (const auto& [id, chart] : m_check["charts"].items()) {
    const std::regex canvas("<figure[^>]*><div[^>]*><canvas id=\"" + id +
                            "\" role=\"img\" aria-label=\"[^\"]+\"[^>]*></canvas></div><details>");
    EXPECT_TRUE(std::regex_search(m_dom, canvas)) << id;
  }
}

TEST_F(ReportPage, OtherCommandsHavePagesToo) {
  for (const Words& words :
       {Words{"gemv", "--rows", "256", "--cols", "256"},
        Words{"analyze", "--preset", "ideal", "--model", "llama-7b", "--context", "512"},
        Words{"describe", "--model", "llama-7b"},
        Words{"generate", "--weights", PIMTLM_ADDER, "--prompt", "1+2=", "--generate", "4"}}) {
    SCOPED_TRACE(words[0]);
    makeReport(words);
    open(m_directory + "/run/report.html");
    if (IsSkipped()) return;
    EXPECT_NE(m_dom.find("How to repeat this"), std::string::npos);
  }
}

TEST_F(ReportPage, TextOfTheModelIsTextAndNotMarkup) {
  makeReport({"generate", "--weights", PIMTLM_ADDER, "--prompt", "1+2=", "--generate", "4"});
  // Nothing between the data's tags can end them.
  const std::size_t begin = m_page.find("id=\"data\">");
  const std::size_t end = m_page.find("</script>", begin);
  EXPECT_EQ(m_page.substr(begin + 10, end - begin - 10).find('<'), std::string::npos);
}

}  // namespace
}  // namespace pim::cli
