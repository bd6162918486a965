// pimtlm sweep as users meet it: the table, what is refused, and that nothing is lost whatever happens to it.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <random>
#include <sstream>

#include "tests/sim/commands/background_pimtlm.h"
#include "tests/sim/commands/pimtlm.h"
#include "tests/support/temporary_folder.h"

namespace pim::cli {
namespace {

namespace fs = std::filesystem;

/// 40 points, of which the 8 with three banks per head cannot run.
Words smallSweep() {
  return {"sweep",
          "--model",
          "tiny",
          "--set",
          "weights.group=32",
          "--decode",
          "64",
          "--quiet",
          "--vary",
          "mapping.banks_per_head=3,1,2,4,8",
          "--vary",
          "die.hop_ns=1..8:log4",
          "--vary",
          "chip.dies=2,4"};
}

std::vector<Words> readCsv(const std::string& text) {
  std::vector<Words> rows;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    Words& row = rows.emplace_back(1);
    bool quoted = false;
    for (const char c : line) {
      if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        row.emplace_back();
      } else {
        row.back() += c;
      }
    }
  }
  return rows;
}

class Sweep : public ::testing::Test {
 protected:
  std::string run(const std::string& name, const Words& more) const {
    const Outcome outcome = pimtlm(smallSweep() + Words{"--out", m_folder.path(name)} + more);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    return m_folder.read(name + "/points.csv");
  }
  /// What an undisturbed sweep leaves.
  const std::string& undisturbed() const {
    if (m_undisturbed.empty()) m_undisturbed = run("undisturbed", {"--jobs", "2"});
    return m_undisturbed;
  }
  /// Points in the journal of a sweep that runs.
  std::ptrdiff_t pointsKept(const std::string& name) const {
    const std::string journal = m_folder.path(name + "/journal");
    if (!fs::exists(journal)) return 0;
    const std::string lines = readFile(journal);
    return std::count(lines.begin(), lines.end(), '\n') - 1;  // the first one names the plan
  }
  /// Finishes the sweep in a directory, and expects what an undisturbed one leaves.
  void expectResumes(const std::string& name) const {
    const Outcome outcome = pimtlm({"sweep", "--resume", "--quiet", "--out", m_folder.path(name)});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(m_folder.read(name + "/points.csv"), undisturbed());
    EXPECT_EQ(m_folder.read(name + "/sweep.yaml"), m_folder.read("undisturbed/sweep.yaml"));
    EXPECT_EQ(m_folder.read(name + "/report.html"), m_folder.read("undisturbed/report.html"));
    EXPECT_FALSE(fs::exists(m_folder.path(name + "/journal")));
  }

  const test::TemporaryFolder m_folder;

 private:
  mutable std::string m_undisturbed;
};

TEST_F(Sweep, HasARowForEveryPointAndSaysWhyOneCannotRun) {
  const std::vector<Words> rows = readCsv(run("own", {}));
  ASSERT_EQ(rows.size(), 41u);
  const Words front{"point", "mapping.banks_per_head", "die.hop_ns", "chip.dies", "status", "error"};
  EXPECT_EQ(Words(rows[0].begin(), rows[0].begin() + 6), front);
  for (std::size_t i = 1; i < rows.size(); ++i) {
    ASSERT_EQ(rows[i].size(), rows[0].size());
    EXPECT_EQ(rows[i][0], std::to_string(i - 1));
    const bool runs = rows[i][1] != "3";
    EXPECT_EQ(rows[i][4], runs ? "ok" : "refused");
    EXPECT_EQ(rows[i][5].empty(), runs) << rows[i][5];
    EXPECT_EQ(rows[i][5].find("mapping.banks_per_head") == std::string::npos, runs) << rows[i][5];
  }
  // One of them by itself.
  const auto json = pimtlmJson({"run", "--model", "tiny", "--set", "weights.group=32", "--set",
                                "mapping.banks_per_head=2", "--set", "die.hop_ns=2", "--set", "chip.dies=4",
                                "--context", "62", "--prompt", "1", "--generate", "2"});
  const auto row = std::find_if(rows.begin(), rows.end(),
                                [](const Words& r) { return r[1] == "2" && r[2] == "2" && r[3] == "4"; });
  ASSERT_NE(row, rows.end());
  std::size_t compared = 0;
  for (const char* path : {"decode/tokens_per_second", "energy/joules_per_token", "dram/activates",
                           "capacity/max_context", "components/critical_path/latency", "simulated_seconds"}) {
    std::string column = path;
    std::replace(column.begin(), column.end(), '/', '.');
    const auto found = std::find(rows[0].begin(), rows[0].end(), column);
    ASSERT_NE(found, rows[0].end()) << column;
    const auto place = static_cast<std::size_t>(found - rows[0].begin());
    EXPECT_EQ((*row)[place], json.at(nlohmann::json::json_pointer('/' + std::string(path))).dump());
    ++compared;
  }
  EXPECT_EQ(compared, 6u);
}

TEST_F(Sweep, DoesNotDependOnTheNumberOfJobs) {
  EXPECT_EQ(run("one", {"--jobs", "1"}), undisturbed());
  EXPECT_EQ(run("five", {"--jobs", "5"}), undisturbed());
}

TEST_F(Sweep, ItsPlanMakesItAgain) {
  undisturbed();
  const Outcome again = pimtlm({"sweep", "--plan", m_folder.path("undisturbed/sweep.yaml"), "--quiet",
                                "--out", m_folder.path("again")});
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_EQ(m_folder.read("again/points.csv"), undisturbed());
}

TEST_F(Sweep, KeepsWholeResultsWhenAsked) {
  EXPECT_EQ(run("kept", {"--keep"}), undisturbed());
  const auto whole = nlohmann::json::parse(m_folder.read("kept/points/39.json"));
  EXPECT_EQ(whole["config"]["chip"]["dies"], 4);
  EXPECT_EQ(whole["decode"]["tokens"], 1);
  EXPECT_FALSE(fs::exists(m_folder.path("kept/points/0.json")));  // cannot run
}

TEST_F(Sweep, ItsJsonStandsAloneOnStandardOutput) {
  Words words = smallSweep();
  words.erase(std::find(words.begin(), words.end(), "--quiet"));
  for (const char* place : {"-", "/dev/stdout"}) {
    const Outcome outcome =
        pimtlm(words + Words{"--out", m_folder.path(place[0] == '-' ? "dash" : "device"), "--json", place});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(nlohmann::json::parse(outcome.out).at("points"), 40) << place;
  }
}

TEST_F(Sweep, KilledAtTenMomentsItFinishesWithTheSameBytes) {
  undisturbed();
  std::mt19937 random(3);
  int interrupted = 0;
  for (int moment = 0; moment < 10; ++moment) {
    const std::string name = "killed" + std::to_string(moment);
    {
      BackgroundPimtlm process(smallSweep() + Words{"--jobs", "2", "--out", m_folder.path(name)},
                               m_folder.path("errors"));
      // Moments of the sweep's work, however fast the machine: before it begins, or between two points.
      const auto kept = static_cast<std::ptrdiff_t>(random() % 36);
      for (int wait = 0; wait < 50000 && pointsKept(name) < kept; ++wait) {
        if (fs::exists(m_folder.path(name + "/points.csv"))) break;
        ::usleep(200);
      }
      ::usleep(static_cast<useconds_t>(random() % 2000));
      if (moment % 3 == 2) {
        process.sendToAChild(SIGKILL);  // a worker, then the parent
        ::usleep(20000);
      }
      process.send(SIGKILL);
      process.wait();
    }
    if (!fs::exists(m_folder.path(name + "/sweep.yaml"))) {
      run(name, {});  // killed before it began
    } else {
      interrupted += fs::exists(m_folder.path(name + "/points.csv")) ? 0 : 1;
      expectResumes(name);
    }
  }
  EXPECT_GT(interrupted, 3);
}

TEST_F(Sweep, AWorkerThatIsKilledCostsNothing) {
  BackgroundPimtlm process(smallSweep() + Words{"--jobs", "2", "--out", m_folder.path("worker")},
                           m_folder.path("errors"));
  // Each point is tried three times: two kills cost nothing even where they meet the same one.
  int killed = 0;
  for (int i = 0; i < 200 && killed < 2; ++i) {
    ::usleep(5000);
    killed += process.sendToAChild(SIGKILL) ? 1 : 0;
  }
  EXPECT_EQ(process.wait(), 0) << m_folder.read("errors");
  EXPECT_GT(killed, 0);
  EXPECT_EQ(m_folder.read("worker/points.csv"), undisturbed());
}

TEST_F(Sweep, AWorkerThatCrashesOnceIsTriedAgainAndOneThatAlwaysDoesIsARow) {
  m_folder.write("once", std::string("x"));
  ::setenv("PIMTLM_CRASH_POINT", ("12:" + m_folder.path("once")).c_str(), 1);
  const std::string once = run("crashed", {});
  ::setenv("PIMTLM_CRASH_POINT", "12", 1);
  const std::string always = run("crashing", {});
  ::unsetenv("PIMTLM_CRASH_POINT");
  EXPECT_EQ(once, undisturbed());
  EXPECT_FALSE(fs::exists(m_folder.path("once")));
  const std::vector<Words> rows = readCsv(always);
  EXPECT_EQ(rows[13][4], "failed");
  EXPECT_EQ(rows[13][5], "the simulation ended by signal 11");
  EXPECT_EQ(rows[14][4], "ok");
}

TEST_F(Sweep, ASignalEndsItAndSaysWhatIsKept) {
  undisturbed();
  BackgroundPimtlm process(smallSweep() + Words{"--jobs", "1", "--out", m_folder.path("term")},
                           m_folder.path("errors"));
  while (!fs::exists(m_folder.path("term/journal"))) ::usleep(1000);
  process.send(SIGTERM);
  EXPECT_EQ(process.wait(), 128 + SIGTERM);
  const std::string errors = m_folder.read("errors");
  EXPECT_NE(errors.find("of 40 points are kept in"), std::string::npos) << errors;
  EXPECT_EQ(std::count(errors.begin(), errors.end(), '\n'), 1) << errors;
  expectResumes("term");
}

TEST_F(Sweep, AFullDiskIsOneLineAndTheSweepGoesOnWhenThereIsRoom) {
  const std::string disk = m_folder.path("disk");
  fs::create_directory(disk);
  if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=8m") != 0)
    GTEST_SKIP() << "only root may mount a small file system";
  writeFile(disk + "/filler", std::string((8 << 20) - (64 << 10), 'x'));
  const Outcome outcome = pimtlm(smallSweep() + Words{"--out", disk + "/sweep"});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
  EXPECT_NE(outcome.err.find("No space left"), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find("of 40 points are kept in"), std::string::npos) << outcome.err;
  for (const auto& entry : fs::directory_iterator(disk + "/sweep"))
    EXPECT_NE(entry.path().extension(), ".part");
  fs::remove(disk + "/filler");
  expectResumes("disk/sweep");
  ::umount(disk.c_str());
}

TEST_F(Sweep, ForeignAndDamagedDirectoriesAreRefused) {
  const std::string sweep = m_folder.path("undisturbed");
  undisturbed();
  const Words resume{"sweep", "--resume", "--quiet", "--out"};
  expectRefusal(smallSweep() + Words{"--out", sweep}, {"--resume"});
  fs::create_directory(m_folder.path("foreign"));
  m_folder.write("foreign/thesis.txt", std::string("mine"));
  expectRefusal(smallSweep() + Words{"--out", m_folder.path("foreign")}, {"new or empty"});
  expectRefusal(resume + Words{m_folder.path("foreign")}, {"sweep.yaml"});
  EXPECT_EQ(m_folder.read("foreign/thesis.txt"), "mine");
  expectRefusal(resume + Words{m_folder.path("nowhere")}, {"sweep.yaml"});

  Words other = smallSweep();
  other[6] = "65";
  expectRefusal(other + Words{"--resume", "--out", sweep}, {"another one"});

  const std::string table = m_folder.read("undisturbed/points.csv");
  m_folder.write("undisturbed/points.csv", table.substr(0, table.size() / 2));
  expectRefusal(resume + Words{sweep}, {"points.csv", "damaged"});
  std::string changed = table;  // one digit in the middle of a row, the number of lines as it was
  char& digit = changed[table.find_first_of("0123456789", table.size() / 2)];
  digit = digit == '1' ? '2' : '1';
  m_folder.write("undisturbed/points.csv", changed);
  expectRefusal(resume + Words{sweep}, {"points.csv", "damaged"});
  expectRefusal({"sweep", "--status", sweep}, {"points.csv", "damaged"});
  fs::remove(sweep + "/points.csv");
  m_folder.write("undisturbed/journal", std::string("nonsense\n"));
  expectRefusal(resume + Words{sweep}, {"journal", "damaged"});
  const std::string plan = m_folder.read("undisturbed/sweep.yaml");
  m_folder.write("undisturbed/sweep.yaml", plan.substr(0, plan.size() / 2) + ": [");
  expectRefusal(resume + Words{sweep}, {"sweep.yaml"});
}

/// Of an interrupted sweep: its journal, where the directory holds another plan.
TEST_F(Sweep, PointsOfAnotherPlanAreNotTaken) {
  undisturbed();
  const std::string sweep = m_folder.path("undisturbed");
  const Words resume{"sweep", "--resume", "--quiet", "--out", sweep};
  const std::string plan = m_folder.read("undisturbed/sweep.yaml");
  fs::remove(sweep + "/points.csv");
  Words other = smallSweep();
  *(std::find(other.begin(), other.end(), "--decode") + 1) = "65";
  ASSERT_EQ(pimtlm(other + Words{"--out", m_folder.path("other")}).status, 0);
  // The table of another sweep of as many points.
  fs::copy_file(m_folder.path("other/points.csv"), sweep + "/points.csv");
  expectRefusal(resume, {"points.csv", "another"});
  fs::remove(sweep + "/points.csv");
  // An edited plan with the journal of the plan before.
  m_folder.write("undisturbed/journal", std::string());
  ASSERT_EQ(pimtlm(resume).status, 0);
  m_folder.write("undisturbed/sweep.yaml", plan.substr(0, plan.find("context:")) + "context: 70\n" +
                                               plan.substr(plan.find('\n', plan.find("context:")) + 1));
  expectRefusal(resume, {"points.csv", "another"});
}

TEST_F(Sweep, OptionsThatContradictAKeptPlanAreRefused) {
  undisturbed();
  const Words resume{"sweep", "--resume", "--quiet", "--out", m_folder.path("undisturbed")};
  for (const Words& option : {Words{"--set", "kv.bits=4"}, Words{"--decode", "128"}, Words{"--map", "best"},
                              Words{"--objective", "area.total_mm2.nominal:min"}, Words{"--context", "7"}}) {
    expectRefusal(resume + option, {option.front(), "sweep.yaml"});
  }
  expectRefusal(resume + Words{"--keep"}, {"--keep"});
  expectRefusal(resume + Words{"--json", m_folder.path("late.json")}, {"--json", "complete"});
  EXPECT_EQ(pimtlm(resume).status, 0);
}

TEST_F(Sweep, OptionsChangeAPlanAndDoNotReplaceIt) {
  m_folder.write("plan.yaml", std::string("preset: edge\nmodel: tiny\nconfig:\n  weights:\n    group: 32\n"
                                          "decode: 64\ngrid: {bank.mac_lanes: [32, 64]}\n"));
  ASSERT_EQ(pimtlm({"sweep", "--plan", m_folder.path("plan.yaml"), "--set", "controller.alu_lanes=32",
                    "--quiet", "--out", m_folder.path("set")})
                .status,
            0);
  const std::string kept = m_folder.read("set/sweep.yaml");
  EXPECT_NE(kept.find("name: edge"), std::string::npos);
  EXPECT_NE(kept.find("alu_lanes: 32"), std::string::npos);
  // The order of the sections does not matter; a section that stands twice is refused.
  m_folder.write("late.yaml", std::string("config:\n  weights:\n    group: 32\nmodel: tiny\ndecode: 64\n"
                                          "grid: {bank.mac_lanes: [32, 64]}\npreset: edge\n"));
  m_folder.write("early.yaml", std::string("preset: edge\nconfig:\n  weights:\n    group: 32\nmodel: tiny\n"
                                           "decode: 64\ngrid: {bank.mac_lanes: [32, 64]}\n"));
  for (const char* name : {"late", "early"})
    ASSERT_EQ(pimtlm({"sweep", "--plan", m_folder.path(std::string(name) + ".yaml"), "--quiet", "--out",
                      m_folder.path(name)})
                  .status,
              0);
  EXPECT_EQ(m_folder.read("late/points.csv"), m_folder.read("early/points.csv"));
  m_folder.write("twice.yaml",
                 std::string("model: tiny\ngrid: {bank.mac_lanes: [32]}\ngrid: {chip.dies: [2]}\n"));
  expectRefusal({"sweep", "--plan", m_folder.path("twice.yaml"), "--out", m_folder.path("twice")},
                {"'grid'", "twice", "twice.yaml:3"});
}

TEST_F(Sweep, WhatMakesNoSenseIsRefusedBeforeAnythingIsMade) {
  const std::string out = m_folder.path("never");
  const Words base{"sweep", "--model", "tiny", "--out", out};
  expectRefusal(base, {"--vary"});
  expectRefusal(base + Words{"--vary", "bank.bram_kib"}, {"KEY=VALUES"});
  expectRefusal(base + Words{"--vary", "bank.bramkib=1"}, {"bank.bram_kib"});
  expectRefusal(base + Words{"--vary", "bank.bram_kib=1..2:log"}, {"logN"});
  expectRefusal(base + Words{"--vary", "bank.bram_kib=1,2", "--objective", "x:best"}, {"--objective"});
  expectRefusal(base + Words{"--vary", "bank.bram_kib=1", "--vary", "bank.bram_kib=2"}, {"given twice"});
  expectRefusal(base + Words{"--vary", "bank.bram_kib=1", "--decode", "64", "--prefill", "4"}, {"prefill"});
  // decode and prefill are complete jobs: nothing else may change them.
  expectRefusal(base + Words{"--vary", "bank.bram_kib=64", "--decode", "64", "--context", "7"},
                {"context", "decode"});
  expectRefusal(base + Words{"--vary", "decode=64,128", "--vary", "context=7,8"}, {"context", "decode"});
  expectRefusal(base + Words{"--vary", "prompt=4,8", "--decode", "64"}, {"prompt", "decode"});
  // The search for the best mapping would change what the row says.
  expectRefusal(base + Words{"--vary", "mapping.weights=1d,2d", "--map", "best"},
                {"mapping.weights", "--map given"});
  const Words good = base + Words{"--set", "weights.group=32", "--vary", "chip.dies=2,4"};
  expectRefusal(good + Words{"--objective", "decode.tokenz"}, {"--objective 'decode.tokenz'"});
  expectRefusal(good + Words{"--jobs", "0"}, {"--jobs"});
  expectRefusal(good + Words{"--task", "0"}, {"--chunk"});
  expectRefusal(good + Words{"--no-wait"}, {"--no-wait", "slurm"});
  expectRefusal({"sweep", "--out", out, "--vary", "bank.bram_kib=1"}, {"--model"});
  EXPECT_FALSE(fs::exists(out));
}

}  // namespace
}  // namespace pim::cli
