// The timeline as trace viewers read it: what its spans say, and that they say the same as the result.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>

#include "tests/sim/commands/pimtlm.h"
#include "tests/support/temporary_folder.h"

namespace pim::cli {
namespace {

using Json = nlohmann::json;

struct Span {
  std::int64_t begin, end;  // ps
  std::string name;
};

std::int64_t picoseconds(const Json& microseconds) {
  return std::llround(microseconds.get<double>() * 1e6);
}

/// The timeline with a span ("X") in the place of each beginning that has an end. What has only one of them
/// fails the test.
Json whole(const Json& timeline) {
  Json spans = timeline;
  spans["traceEvents"] = Json::array();
  std::map<std::pair<int, int>, std::vector<std::size_t>> open;
  for (const Json& e : timeline["traceEvents"]) {
    if (e["ph"] != "E") {
      if (e["ph"] == "B")
        open[{e["pid"].get<int>(), e["tid"].get<int>()}].push_back(spans["traceEvents"].size());
      spans["traceEvents"].push_back(e);
      continue;
    }
    auto& track = open[{e["pid"].get<int>(), e["tid"].get<int>()}];
    if (track.empty()) {
      ADD_FAILURE() << "an end of nothing: " << e;
      continue;
    }
    Json& begun = spans["traceEvents"][track.back()];
    begun["ph"] = "X";
    begun["dur"] = static_cast<double>(picoseconds(e["ts"]) - picoseconds(begun["ts"])) * 1e-6;
    track.pop_back();
  }
  for (const auto& [track, left] : open)
    EXPECT_TRUE(left.empty()) << "spans without an end on " << track.second;
  return spans;
}

/// A small chip whose run has several tiles in flight, layers, decode tokens.
class TimelineTest : public testing::Test {
 protected:
  Words words(const Words& more) const {
    Words all{"run",
              "--model",
              "tiny",
              "--prompt",
              "40",
              "--generate",
              "5",
              "--set",
              "weights.group=32",
              "--set",
              "mapping.token_tile=8",
              "--timeline",
              path()};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  std::string path() const { return m_directory + "/t.json"; }

  /// Runs and reads the timeline; the result is in `m_result`.
  Json run(const Words& more) {
    m_result = pimtlmJson(words(more));
    return whole(Json::parse(readFile(path())));
  }

  const test::TemporaryFolder m_folder;
  const std::string& m_directory = m_folder.path();
  Json m_result;
};

std::map<std::pair<int, int>, std::vector<Span>> tracksOf(const Json& timeline) {
  std::map<std::pair<int, int>, std::vector<Span>> tracks;
  for (const Json& e : timeline["traceEvents"]) {
    if (e["ph"] != "X") continue;
    const std::int64_t begin = picoseconds(e["ts"]);
    tracks[{e["pid"].get<int>(), e["tid"].get<int>()}].push_back(
        {begin, begin + picoseconds(e["dur"]), e["name"]});
  }
  return tracks;
}

std::string processName(const Json& timeline, int process) {
  for (const Json& e : timeline["traceEvents"]) {
    if (e["ph"] == "M" && e["name"] == "process_name" && e["pid"] == process) return e["args"]["name"];
  }
  return "";
}

int processOf(const Json& timeline, const std::string& name) {
  for (const Json& e : timeline["traceEvents"]) {
    if (e["ph"] == "M" && e["name"] == "process_name" && e["args"]["name"] == name) return e["pid"];
  }
  return -1;
}

TEST_F(TimelineTest, EveryEventHasWhatItsKindNeeds) {
  const Json timeline = run({"--timeline-window", "all"});
  EXPECT_EQ(timeline["displayTimeUnit"], "ns");
  std::set<std::pair<int, int>> named;
  for (const Json& e : timeline["traceEvents"]) {
    const std::string kind = e["ph"];
    ASSERT_TRUE(e["pid"].is_number_unsigned()) << e;
    if (kind == "M") {
      if (e["name"] == "thread_name") named.emplace(e["pid"].get<int>(), e["tid"].get<int>());
      continue;
    }
    ASSERT_TRUE(e["name"].is_string() && e["ts"].is_number() && e["ts"] >= 0) << e;
    if (kind == "X") {
      ASSERT_TRUE(e["dur"].is_number() && e["dur"] >= 0 && e["cat"].is_string()) << e;
      ASSERT_EQ(named.count({e["pid"].get<int>(), e["tid"].get<int>()}), 1u)
          << "a track without a name: " << e;
    } else if (kind == "B") {
      FAIL() << "never ends: " << e;
    } else if (kind == "C") {
      const char* unit = e["name"] == "power" ? "W" : "GB/s";
      ASSERT_TRUE(e["args"][unit].is_number() && e["args"][unit] >= 0) << e;
    } else {
      ASSERT_TRUE(kind == "s" || (kind == "f" && e["bp"] == "e")) << e;
      ASSERT_TRUE(e["id"].is_number_unsigned()) << e;
    }
  }
}

TEST_F(TimelineTest, PowerOverTimeSumsUpToTheEnergy) {
  const Json timeline = run({"--timeline-window", "all"});
  double joules = 0, watts = 0, since = -1;
  for (const Json& e : timeline["traceEvents"]) {
    if (e["ph"] != "C" || e["name"] != "power") continue;
    const double now = e["ts"].get<double>() * 1e-6;
    if (since >= 0) joules += watts * (now - since);
    since = now;
    watts = e["args"]["W"];
  }
  const double expected = m_result["prefill"]["energy"]["joules_per_token"].get<double>() * 40 +
                          m_result["energy"]["joules_per_token"].get<double>() * 4;
  EXPECT_NEAR(joules, expected, 0.02 * expected);
}

TEST_F(TimelineTest, SpansOfATrackNeverOverlapUnlessOneHoldsTheOther) {
  const Json timeline = run({"--timeline-window", "all", "--timeline-banks", "die0.bank0,die1.bank3"});
  std::set<std::string> nests{"program", "firmware"};
  std::size_t spans = 0;
  for (auto& [track, list] : tracksOf(timeline)) {
    const bool mayNest = nests.count(processName(timeline, track.first)) != 0;
    std::stable_sort(list.begin(), list.end(), [](const Span& a, const Span& b) {
      return a.begin != b.begin ? a.begin < b.begin : a.end > b.end;
    });
    std::vector<Span> open;
    for (const Span& span : list) {
      while (!open.empty() && open.back().end <= span.begin) open.pop_back();
      if (!open.empty()) {
        ASSERT_TRUE(mayNest && span.end <= open.back().end)
            << processName(timeline, track.first) << ": " << open.back().name << " and " << span.name;
      }
      open.push_back(span);
      ++spans;
    }
  }
  EXPECT_GT(spans, 1000u);
}

TEST_F(TimelineTest, DurationsOfAComponentSumUpToItsBusyTime) {
  const Json timeline = run({"--timeline-window", "all"});
  const int parts = processOf(timeline, "components");
  std::map<std::string, std::map<std::string, std::int64_t>> sums;  // of phase and component
  for (const Json& e : timeline["traceEvents"]) {
    if (e["ph"] != "X" || e["pid"] != parts) continue;
    const std::string token = e["args"]["token"];
    sums[token.substr(0, token.find(' '))][e["cat"]] += picoseconds(e["dur"]);
  }
  const auto compare = [&](const std::string& phase, const Json& components) {
    const double tokens = m_result[phase]["tokens"];
    for (const auto& [name, times] : components.items()) {
      if (name == "critical_path") continue;
      const double seconds = times["busy"];
      EXPECT_EQ(sums[phase][name], std::llround(seconds * tokens * 1e12)) << phase << ' ' << name;
    }
  };
  compare("decode", m_result["components"]);
  compare("prefill", m_result["prefill"]["components"]);
  EXPECT_GT(sums["decode"]["bank_kv"], 0);
  EXPECT_GT(sums["decode"]["firmware"], 0);
}

/// However much faster the links are, in every microsecond.
TEST_F(TimelineTest, NoMemoryPortMovesMoreThanItsBandwidth) {
  for (const char* const memory : {"100", "25", "10", "4"}) {
    for (const char* const link : {"32", "3.2"}) {
      SCOPED_TRACE(std::string("memory ") + memory + ", link " + link);
      const Json timeline = run(
          {"--timeline-window", "all", "--set", std::string("controller.memory_bandwidth_gb_per_s=") + memory,
           "--set", std::string("link.bandwidth_gb_per_s=") + link, "--set", "controller.cram_kib=16"});
      double most = 0;
      std::map<std::string, double> last, bytes;  // of each port
      std::map<std::string, double> since;
      for (const Json& e : timeline["traceEvents"]) {
        if (e["ph"] != "C" || (e["name"] != "CRAM" && e["name"] != "CMEM")) continue;
        const std::string name = e["name"];
        const double now = e["ts"], value = e["args"]["GB/s"];
        bytes[name] += last[name] * (now - since[name]) * 1e3;
        since[name] = now;
        last[name] = value;
        EXPECT_LE(value, std::stod(memory)) << name << " at " << now;
        most = std::max(most, value);
      }
      EXPECT_GT(most, 0);
      // Everything that moved is there: the ALUs' streams, and a descriptor for each command.
      double counted = 0;
      for (const char* const stage : {"prefill", "decode"}) {
        const Json& of = stage == std::string("decode") ? m_result : m_result["prefill"];
        const double tokens = m_result[stage]["tokens"];
        for (const auto& [name, port] : of["memory"].items()) counted += port["bytes"].get<double>() * tokens;
      }
      EXPECT_NEAR(bytes["CRAM"] + bytes["CMEM"], counted, 0.02 * counted);
    }
  }
}

TEST_F(TimelineTest, LinksAreBusyForTheTimeTheUtilisationSays) {
  const Json timeline = run({"--timeline-window", "decode"});
  std::int64_t busy = 0;
  for (const Json& e : timeline["traceEvents"]) {
    if (e["ph"] == "X" && e["cat"] == "link") busy += picoseconds(e["dur"]);
  }
  const double directions = 2, dies = m_result["config"]["chip"]["dies"];
  const double seconds = m_result["decode"]["seconds"];
  EXPECT_NEAR(static_cast<double>(busy) * 1e-12 / (seconds * dies * directions),
              m_result["utilisation"]["link"], 1e-12);
}

TEST_F(TimelineTest, TokensHoldTheirLayersAndLayersTheirOperations) {
  const Json timeline = run({"--timeline-window", "decode=1"});
  const int program = processOf(timeline, "program");
  std::vector<std::string> names;
  for (const auto& [track, spans] : tracksOf(timeline)) {
    if (track.first != program) continue;
    for (const Span& span : spans) names.push_back(span.name);
  }
  std::vector<std::string> expected{"decode token 1", "embed"};
  const int layers = m_result["model"]["layers"];
  for (int layer = 0; layer < layers; ++layer) {
    expected.push_back("layer " + std::to_string(layer));
    for (const char* step : {"qkv", "attention", "output", "gate_up", "down"}) expected.emplace_back(step);
  }
  expected.emplace_back("head");
  EXPECT_EQ(names, expected);
}

TEST_F(TimelineTest, AnArrowLeadsFromEachDoorbellToTheCommandsItPosted) {
  const Json timeline = run({"--timeline-window", "all"});
  const int parts = processOf(timeline, "components");
  std::map<std::uint64_t, std::int64_t> from;
  std::set<std::uint64_t> to, commands;
  for (const Json& e : timeline["traceEvents"]) {
    if (e["ph"] == "s" && e["name"] == "command") from[e["id"]] = picoseconds(e["ts"]);
    if (e["ph"] == "f" && e["name"] == "command") {
      to.insert(e["id"].get<std::uint64_t>());
      EXPECT_LE(from.at(e["id"]), picoseconds(e["ts"]));
    }
    if (e["ph"] == "X" && e["pid"] == parts && e["cat"] != "firmware")
      commands.insert(e["args"]["sequence"].get<std::uint64_t>());
  }
  EXPECT_EQ(from.size(), to.size());
  EXPECT_EQ(to, commands);
}

TEST_F(TimelineTest, AnArrowLeadsFromTheCommandThatWokeTheCoreToWhereItGoesOn) {
  // A core that is ahead of the chip, and sleeps.
  const Json timeline = run({"--timeline-window", "all", "--set", "controller.firmware_clock_ns=0.05"});
  const int parts = processOf(timeline, "components"), firmware = processOf(timeline, "firmware");
  std::map<std::uint64_t, Span> commands;
  std::set<std::int64_t> sleepEnds, begins;
  for (const Json& e : timeline["traceEvents"]) {
    if (e["ph"] != "X") continue;
    const std::int64_t begin = picoseconds(e["ts"]), end = begin + picoseconds(e["dur"]);
    if (e["pid"] == parts && e["cat"] != "latency" && e["cat"] != "firmware")
      commands[e["args"]["sequence"].get<std::uint64_t>()] = {begin, end, e["name"]};
    if (e["pid"] != firmware) continue;
    if (e["name"] == "sleep") sleepEnds.insert(end);
    begins.insert(begin);
  }
  std::map<std::uint64_t, std::int64_t> from;
  std::set<std::int64_t> woken;
  for (const Json& e : timeline["traceEvents"]) {
    if (e.value("name", "") != "completion") continue;
    if (e["ph"] == "s") {
      EXPECT_EQ(e["pid"], parts);
      from[e["id"]] = picoseconds(e["ts"]);
      continue;
    }
    EXPECT_EQ(e["pid"], firmware);
    const std::int64_t wake = picoseconds(e["ts"]);
    woken.insert(wake);
    const Span& command = commands.at(e["id"]);
    EXPECT_EQ(command.end, wake) << command.name << ": the interrupt comes with its completion";
    EXPECT_EQ(from.at(e["id"]), command.end - 1) << command.name;
    EXPECT_EQ(begins.count(wake), 1u) << "a span to point at";
  }
  EXPECT_EQ(woken, sleepEnds);
  EXPECT_GT(woken.size(), 10u);
}

// ---- functions of the firmware

/// The spans of the track "functions"; none if there is no such track.
std::vector<Span> functionSpans(const Json& timeline) {
  for (const Json& e : timeline["traceEvents"]) {
    if (e["ph"] == "M" && e["name"] == "thread_name" && e["args"]["name"] == "functions")
      return tracksOf(timeline)[{e["pid"].get<int>(), e["tid"].get<int>()}];
  }
  return {};
}

/// The firmware as instructions, on a core that is ahead of the chip, and sleeps.
class FunctionLane : public TimelineTest {
 protected:
  void SetUp() override {
    if (!hasRv32Core()) GTEST_SKIP() << "built without riscv64-unknown-elf-gcc";
  }
  Json runProgram(const Words& more) {
    return run(Words{"--set", "controller.core=rv32", "--set", "controller.firmware_clock_ns=0.05"} + more);
  }
  static constexpr std::int64_t kClock = 50;
};

TEST_F(FunctionLane, HasTheCyclesThatTheProfileCounts) {
  const std::string profile = m_directory + "/stacks";
  std::vector<Span> spans =
      functionSpans(runProgram({"--timeline-window", "all", "--profile-firmware", profile}));
  std::map<std::string, std::int64_t> own;  // without callees
  std::map<std::string, std::size_t> calls;
  std::vector<Span> open;
  std::size_t deepest = 0;
  for (const Span& span : spans) {
    while (!open.empty() && open.back().end <= span.begin) open.pop_back();
    if (!open.empty()) {
      ASSERT_LE(span.end, open.back().end) << span.name << " within " << open.back().name;
      own[open.back().name] -= span.end - span.begin;
    }
    own[span.name] += span.end - span.begin;
    ++calls[span.name];
    open.push_back(span);
    deepest = std::max(deepest, open.size());
  }
  EXPECT_GT(deepest, 4u);
  std::istringstream rows(readFile(profile + ".functions"));
  std::string row, name;
  std::getline(rows, row);
  std::set<std::string> symbols;
  int compared = 0;
  std::int64_t instructions = 0, cycles = 0;
  while (rows >> instructions >> cycles >> name) {
    symbols.insert(name);
    // The timeline begins with the prefill; these run only behind its begin.
    if (name.rfind("pim_post", 0) != 0 && name != "pim_queue_post" && name != "pim_scoreboard_enter")
      continue;
    ++compared;
    // The bus answers, and sleep ends, between two edges of the core's clock: a cycle a call at most.
    EXPECT_NEAR(static_cast<double>(own[name]) / kClock, static_cast<double>(cycles),
                static_cast<double>(calls[name] + 1))
        << name;
  }
  EXPECT_GE(compared, 3);
  for (const auto& [function, time] : own) EXPECT_EQ(symbols.count(function), 1u) << function;
  EXPECT_TRUE(std::any_of(symbols.begin(), symbols.end(),
                          [](const std::string& symbol) { return symbol.rfind("pim_post", 0) == 0; }));
}

TEST_F(FunctionLane, FillsWhatTheCoreDoesNotSleep) {
  const Json timeline = runProgram({"--timeline-window", "decode=1..2"});
  std::int64_t awake = 0, asleep = 0, begin = INT64_MAX, end = 0, until = 0;
  for (const Span& span : functionSpans(timeline)) {
    if (span.begin < until) continue;  // within another
    awake += span.end - span.begin;
    until = span.end;
  }
  const int firmware = processOf(timeline, "firmware");
  for (const auto& [track, spans] : tracksOf(timeline)) {
    if (track.first != firmware || track.second != 1) continue;
    for (const Span& span : spans) {
      if (span.name.rfind("decode token", 0) == 0) {
        begin = std::min(begin, span.begin);
        end = std::max(end, span.end);
      }
      if (span.name == "sleep") asleep += span.end - span.begin;
    }
  }
  EXPECT_GT(asleep, 0);
  EXPECT_GT(awake, 0);
  EXPECT_EQ(awake + asleep, end - begin);
}

TEST_F(FunctionLane, ChangesNoTime) {
  runProgram({"--timeline-window", "decode=1"});
  const Json with = m_result;
  Words plain = words({"--set", "controller.core=rv32", "--set", "controller.firmware_clock_ns=0.05"});
  const auto at = std::find(plain.begin(), plain.end(), "--timeline");
  plain.erase(at, at + 2);
  const Json without = pimtlmJson(plain);
  EXPECT_EQ(with["decode"], without["decode"]);
  EXPECT_EQ(with["prefill"]["seconds"], without["prefill"]["seconds"]);
  EXPECT_EQ(with["firmware"], without["firmware"]);
}

TEST_F(TimelineTest, HasNoLaneOfFunctionsWhereTheFirmwareIsHostCode) {
  const Json timeline = run({"--timeline-window", "decode=1"});
  const int firmware = processOf(timeline, "firmware");
  for (const Json& e : timeline["traceEvents"]) {
    if (e["pid"] == firmware && e["ph"] != "M") {
      EXPECT_EQ(e["tid"], 1);
    }
    if (e["ph"] == "M" && e["name"] == "thread_name") {
      EXPECT_NE(e["args"]["name"], "functions");
    }
  }
}

TEST_F(TimelineTest, AWindowShowsWhatItNamesAndNothingElse) {
  const Json timeline = run({"--timeline-window", "prefill=1,decode=0..3:2,layer=0"});
  std::set<std::string> tokens;
  for (const Json& e : timeline["traceEvents"]) {
    if (e["ph"] != "X" || !e.contains("args")) continue;
    tokens.insert(e["args"]["token"].get<std::string>());
    EXPECT_EQ(e["args"]["layer"], 0);
  }
  EXPECT_EQ(tokens, (std::set<std::string>{"prefill tile 1", "decode token 0", "decode token 2"}));
}

TEST_F(TimelineTest, AWindowOfTimeShowsWhatBeginsInIt) {
  const Json timeline = run({"--timeline-window", "time=50us..75us"});
  const int program = processOf(timeline, "program"), firmware = processOf(timeline, "firmware");
  std::size_t spans = 0;
  for (const Json& e : timeline["traceEvents"]) {
    if (e["ph"] != "X" || e["pid"] == program || e["pid"] == firmware || e["cat"] == "latency") continue;
    EXPECT_GE(e["ts"], 50.0);
    EXPECT_LT(e["ts"], 75.0);
    ++spans;
  }
  EXPECT_GT(spans, 0u);
}

TEST_F(TimelineTest, IsTheSameForLockstepClassesAndForEveryBankOnItsOwn) {
  run({"--timeline-window", "decode"});
  const std::string classes = readFile(path());
  run({"--timeline-window", "decode", "--set", "simulation.exact_banks=on"});
  // Banks that do the same share a lane or have one each.
  auto spans = [](const std::string& text) {
    std::set<std::string> lines;
    Json timeline = whole(Json::parse(text));
    for (Json& e : timeline["traceEvents"]) {
      e.erase("tid");
      if (e["ph"] == "X") lines.insert(e.dump());
    }
    return lines;
  };
  EXPECT_EQ(spans(classes), spans(readFile(path())));
}

TEST_F(TimelineTest, RunsOutUnlessThereIsAnOutDirectory) {
  const std::string out = m_directory + "/out";
  const Outcome run = pimtlm({"run", "--model", "tiny", "--prompt", "4", "--generate", "3", "--set",
                              "weights.group=32", "--out", out});
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_FALSE(Json::parse(readFile(out + "/timeline.json"))["traceEvents"].empty());
}

TEST_F(TimelineTest, ALongRunStaysBelow100Megabytes) {
  const Outcome run = pimtlm({"run", "--model", "llama-7b", "--prompt", "256", "--generate", "64",
                              "--timeline", path(), "--timeline-window", "all", "--quiet"});
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_NE(run.err.find("cut at 100 MB"), std::string::npos) << run.err;
  EXPECT_LE(std::filesystem::file_size(path()), 100'000'000u);
  EXPECT_GT(std::filesystem::file_size(path()), 95'000'000u);
  const std::string text = readFile(path());
  EXPECT_EQ(text.substr(text.size() - 4), "\n]}\n");
}

// ---- mistakes

TEST_F(TimelineTest, AWindowThatIsNoneIsRefusedBeforeTheRun) {
  for (const char* window :
       {"decod=1", "decode=x", "decode=3..1", "decode=1:0", "time=5us", "time=2..3", "", "layer"}) {
    expectRefusal(words({"--timeline-window", window}), {"--timeline-window", "prefill"});
  }
  EXPECT_TRUE(std::filesystem::is_empty(m_directory));
}

TEST_F(TimelineTest, ABankThatThereIsNotIsRefused) {
  expectRefusal(words({"--timeline-banks", "die0.bank16"}),
                {"--timeline-banks", "die0.bank16", "die7.bank15"});
  expectRefusal(words({"--timeline-banks", "bank1"}), {"--timeline-banks", "bank1"});
}

TEST_F(TimelineTest, AWindowWithoutATimelineIsRefused) {
  expectRefusal(
      {"run", "--model", "llama-7b", "--prompt", "1", "--generate", "1", "--timeline-window", "all"},
      {"--timeline-window", "--timeline"});
}

TEST_F(TimelineTest, AWindowThatNeverComesLeavesTheResultAndNoTimeline) {
  const std::string json = m_directory + "/result.json";
  for (const char* window : {"decode=99", "prefill=5", "time=1s..2s", "all,layer=70"}) {
    const Outcome run = pimtlm(words({"--timeline-window", window, "--json", json, "--quiet"}));
    EXPECT_EQ(run.status, 2);
    EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
    EXPECT_NE(run.err.find(std::string("--timeline-window ") + window), std::string::npos) << run.err;
    EXPECT_NE(run.err.find("decode tokens 0..3"), std::string::npos) << run.err;
    EXPECT_EQ(Json::parse(readFile(json))["decode"]["tokens"], 4);
    EXPECT_FALSE(std::filesystem::exists(path()));
    for (const auto& entry : std::filesystem::directory_iterator(m_directory))
      EXPECT_NE(entry.path().extension(), ".part") << entry.path();
    std::filesystem::remove(json);
  }
}

TEST_F(TimelineTest, AnUnwritablePlaceIsRefusedBeforeTheRun) {
  expectRefusal(
      {"run", "--model", "llama-7b", "--prompt", "1", "--generate", "1", "--timeline", "/nonexistent/t.json"},
      {"--timeline", "/nonexistent/t.json"});
}

}  // namespace
}  // namespace pim::cli
