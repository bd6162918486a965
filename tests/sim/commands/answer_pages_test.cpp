// The pages of sweeps and of answers in a browser, wide and narrow: nothing goes wrong, nothing is fetched,
// and the counts are those of the files.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>

#include "tests/sim/commands/pimtlm.h"
#include "tests/support/temporary_folder.h"

namespace pim::cli {
namespace {

using Json = nlohmann::json;

class AnswerPages : public testing::Test {
 protected:
  void make(Words words) {
    words.insert(words.end(), {"--quiet", "--out", m_folder.path("out")});
    const Outcome run = pimtlm(words);
    ASSERT_EQ(run.status, 0) << run.err;
  }

  /// What the page says of itself after it has run in a window of that width: in a frame, since the browser's
  /// own windows are 500 pixels wide at least.
  void open(int width) {
    if (std::system("command -v chromium > /dev/null") != 0) GTEST_SKIP() << "no chromium";
    const std::string dom = m_folder.path("dom"), log = m_folder.path("log");
    std::ofstream(m_folder.path("frame.html"))
        << "<!doctype html><iframe id='page' style='width:" << width
        << "px;height:900px;border:0' src='out/report.html'></iframe><script>"
        << "document.getElementById('page').onload = (event) => {"
        << "  const inner = event.target.contentWindow;"
        << "  document.documentElement.dataset.width = inner.innerWidth;"
        << "  document.documentElement.dataset.overflow = Math.max(0, "
           "inner.document.documentElement.scrollWidth - inner.innerWidth);"
        << "  document.documentElement.dataset.check = inner.document.documentElement.dataset.check;"
        << "  document.documentElement.dataset.text = inner.document.getElementById('page').innerText;"
        << "};</script>";
    const std::string line = fmt::format(
        "timeout 120 chromium --headless --no-sandbox --disable-gpu --enable-logging=stderr --log-level=0 "
        "--allow-file-access-from-files --window-size=1400,1000 --user-data-dir={} "
        "--virtual-time-budget=10000 --dump-dom "
        "'file://{}' > {} 2> {} < /dev/null",
        m_folder.path("profile"), m_folder.path("frame.html"), dom, log);
    ASSERT_EQ(std::system(line.c_str()), 0) << readFile(log);
    m_dom = readFile(dom);
    EXPECT_NE(m_dom.find(fmt::format("data-width=\"{}\"", width)), std::string::npos) << m_dom.substr(0, 300);
    EXPECT_NE(m_dom.find("data-overflow=\"0\""), std::string::npos) << "the page is wider than its window";
    std::smatch found;
    ASSERT_TRUE(std::regex_search(m_dom, found, std::regex("data-check=\"([^\"]*)\""))) << readFile(log);
    m_check = Json::parse(std::regex_replace(found[1].str(), std::regex("&quot;"), "\""));
    EXPECT_EQ(m_check["errors"], Json::array());
    EXPECT_EQ(readFile(log).find("CONSOLE"), std::string::npos) << readFile(log);
    for (const auto& [id, chart] : m_check["charts"].items()) EXPECT_GT(chart["marks"], 0) << id;
  }

  const test::TemporaryFolder m_folder;
  std::string m_dom;
  Json m_check;
};

TEST_F(AnswerPages, OfASweepCountWhatTheTableHas) {
  make({"sweep", "--model", "tiny", "--set", "weights.group=32", "--decode", "64", "--vary",
        "mapping.banks_per_head=3,1,2,4", "--vary", "die.hop_ns=1..8:log4", "--vary", "chip.dies=2,4"});
  const std::string table = m_folder.read("out/points.csv");
  const auto rows = std::count(table.begin(), table.end(), '\n') - 1;
  std::ptrdiff_t refused = 0;
  for (std::size_t at = 0; (at = table.find(",refused,", at)) != std::string::npos; ++at) ++refused;
  for (const int width : {1280, 400}) {
    SCOPED_TRACE(width);
    open(width);
    if (IsSkipped()) return;
    const Json& counts = m_check["counts"];
    EXPECT_EQ(counts["points"], rows);
    EXPECT_EQ(counts["refused"], refused);
    EXPECT_EQ(counts["ok"], rows - refused);
    EXPECT_EQ(counts["lines"], rows - refused);
    EXPECT_EQ(counts["matches"], rows);
    EXPECT_EQ(counts["cells"], 3 * 2);  // banks per head by dies; the rows that cannot run stay empty
    const Json& points = m_check["charts"]["pareto"]["datasets"].back();
    EXPECT_EQ(points["values"].size(), static_cast<std::size_t>(rows - refused));
  }
}

TEST_F(AnswerPages, OfDemandsHaveAChartForEachQuestion) {
  make({"demands", "--model", "llama-7b", "--context", "512", "--tokens-per-second", "50", "--map", "given"});
  for (const int width : {1280, 400}) {
    open(width);
    if (IsSkipped()) return;
    EXPECT_EQ(m_check["counts"]["questions"], 10);
    EXPECT_EQ(m_check["charts"].size(), 10u);
    EXPECT_NE(m_dom.find("CRAM of the Controller"), std::string::npos);
  }
}

TEST_F(AnswerPages, OfASolutionTellWhyThereIsNothingCheaper) {
  make({"solve", "--model", "tiny", "--set", "weights.group=32", "--decode", "64", "--map", "given",
        "--target", "decode.tokens_per_second>=1000", "--free", "controller.alu_lanes=1,2,4,8,16",
        "--minimise", "controller.alu_lanes"});
  const Json result = Json::parse(m_folder.read("out/result.json"));
  for (const int width : {1280, 400}) {
    open(width);
    if (IsSkipped()) return;
    EXPECT_EQ(m_check["counts"]["evidence"], result["solve"]["evidence"].size());
    EXPECT_NE(m_dom.find("controller.alu_lanes"), std::string::npos);
  }
}

}  // namespace
}  // namespace pim::cli
