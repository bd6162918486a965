#include <gtest/gtest.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "tests/sim/commands/pimtlm.h"
#include "tests/support/rtl_build.h"
#include "tests/support/temporary_folder.h"

namespace pim::cli {
namespace {

namespace fs = std::filesystem;

class WaveformOptions : public ::testing::Test {
 protected:
  /// A short run of two decode tokens.
  Words run(const Words& more) const {
    Words words{"run",
                "--model",
                "tiny",
                "--prompt",
                "4",
                "--generate",
                "3",
                "--set",
                "weights.group=32",
                "--wave-dir",
                m_directory + "/waves"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  std::string profile(const std::string& text) const {
    const std::string path = m_directory + "/mine.yaml";
    writeFile(path, text);
    return path;
  }
  /// Exit status 2 and one line about it, though the result is there.
  void expectFailureBesideAResult(const Words& more, const Words& mentions) const {
    Words words = run(more);
    words.insert(words.end(), {"--json", m_directory + "/result.json", "--quiet"});
    expectRefusal(words, mentions);
    const auto json = nlohmann::json::parse(readFile(m_directory + "/result.json"), nullptr, false);
    EXPECT_TRUE(json.contains("decode"));
  }

  const test::TemporaryFolder m_folder;
  const std::string& m_directory = m_folder.path();
};

TEST_F(WaveformOptions, GiveAFileForEachWindowAndASaveFileBesideIt) {
  const Outcome outcome =
      pimtlm(run({"--wave", profile("signals: bank\nwindow: {at: decode, token: 0..1, layer: 0..1}\n")}));
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  for (const char* name : {"decode0.layer0", "decode0.layer1", "decode1.layer0", "decode1.layer1"}) {
    const std::string base = m_directory + "/waves/mine." + name;
    EXPECT_NE(readFile(base + ".vcd").find("$scope module bank0 $end"), std::string::npos) << name;
    EXPECT_NE(readFile(base + ".gtkw").find("chip.die0.bank0.state"), std::string::npos) << name;
    EXPECT_NE(outcome.err.find(base + ".vcd"), std::string::npos) << outcome.err;
  }
}

TEST_F(WaveformOptions, TakeEveryProfileThatIsBuiltIn) {
  for (const char* name : {"control", "data", "layer", "schedule", "start"}) {
    const Outcome outcome = pimtlm(run({"--quiet", "--wave", name}));
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");
  }
}

TEST_F(WaveformOptions, ShowABanksRtlBesideItsModel) {
  SKIP_WITHOUT_RTL();
  const Outcome outcome = pimtlm(run({"--quiet", "--wave", "rtl", "--functional", "--set", "rtl.banks=check",
                                      "--set", "rtl.bank_select=die0.bank0"}));
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  const std::string save = readFile(m_directory + "/waves/rtl.decode0.layer0.gtkw");
  EXPECT_NE(save.find("-bank0 RTL\n"), std::string::npos);
  EXPECT_NE(save.find("chip.die0.bank0.rtl.column"), std::string::npos);
}

TEST_F(WaveformOptions, DoNotChangeTheResult) {
  const auto without =
      pimtlmJson({"run", "--model", "tiny", "--prompt", "4", "--generate", "3", "--set", "weights.group=32"});
  auto with = pimtlmJson(run({"--wave", "control"}));
  with["host"] = without["host"];
  EXPECT_EQ(with, without);
}

TEST_F(WaveformOptions, ConvertToFst) {
  if (std::system("command -v vcd2fst > /dev/null") != 0) GTEST_SKIP() << "no vcd2fst";
  const Outcome outcome = pimtlm(run({"--wave", "layer", "--wave-format", "fst"}));
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_GT(fs::file_size(m_directory + "/waves/layer.decode0.layer0.fst"), 100u);
  EXPECT_FALSE(fs::exists(m_directory + "/waves/layer.decode0.layer0.vcd"));
}

TEST_F(WaveformOptions, RefuseWhatIsNoProfile) {
  expectRefusal(run({"--wave", "everything"}), {"--wave", "everything", "control", "layer"});
  expectRefusal(run({"--wave", m_directory + "/none.yaml"}), {"none.yaml"});
  expectRefusal(run({"--wave", profile("signals: bank\nwindow: {at: noon}\n")}),
                {"mine.yaml:2", "window.at", "noon"});
  expectRefusal(run({"--wave", profile("signals: bank\ndie: 0\n")}), {"mine.yaml:2", "'die'", "dies"});
  expectRefusal(run({"--wave", profile("signals: bank, bnak\n")}), {"mine.yaml:1", "'bnak'", "link"});
  expectRefusal(run({"--wave", profile("signals: bank.colour\n")}), {"'bank.colour'"});
  expectRefusal(run({"--wave", profile("dies: 0\n")}), {"signals", "nothing"});
  expectRefusal(run({"--wave", profile("signals: firmware.pc\n")}), {"firmware.pc", "controller.core=rv32"});
  expectRefusal(run({"--wave", profile("signals: bank\ndies: 3..8\n")}), {"dies", "below 8", "3..8"});
  expectRefusal(run({"--wave", profile("signals: bank\nbanks: first\n")}), {"banks", "first"});
  expectRefusal(run({"--wave", profile("signals: bank\nwindow: {at: run, token: 1}\n")}),
                {"window.token", "decode"});
  expectRefusal(run({"--wave", profile("signals: bank\nwindow: {at: time, from_us: 5, to_us: 2}\n")}),
                {"to_us"});
  expectRefusal(run({"--wave", "layer", "--wave-format", "lxt"}), {"--wave-format", "lxt"});
}

TEST_F(WaveformOptions, RefuseAMismatchWhereNothingIsCompared) {
  expectRefusal(run({"--wave", "mismatch"}), {"mismatch", "rtl.banks", "check"});
}

TEST_F(WaveformOptions, NeedAPlaceForTheFiles) {
  expectRefusal({"run", "--model", "tiny", "--prompt", "4", "--generate", "3", "--set", "weights.group=32",
                 "--wave", "layer"},
                {"--wave", "--wave-dir", "--out"});
  expectRefusal({"run", "--model", "tiny", "--prompt", "4", "--generate", "3", "--set", "weights.group=32",
                 "--wave", "layer", "--wave-dir", "/dev/null/waves"},
                {"--wave-dir", "/dev/null/waves"});
}

TEST_F(WaveformOptions, SayWhichWindowNeverCame) {
  expectFailureBesideAResult({"--wave", profile("signals: bank\nwindow: {at: decode, token: 7}\n")},
                             {"mine", "decode7", "not reached"});
  expectFailureBesideAResult({"--wave", profile("signals: bank\nwindow: {at: decode, token: 0, layer: 5}\n")},
                             {"mine", "decode0.layer5", "not reached"});
  expectFailureBesideAResult({"--wave", profile("signals: bank\nwindow: {at: time, from_us: 1000000}\n")},
                             {"mine", "time", "not reached"});
  EXPECT_TRUE(fs::is_empty(m_directory + "/waves"));
}

TEST_F(WaveformOptions, SurviveAFullDisk) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root for a small disk";
  const std::string disk = m_directory + "/waves";
  fs::create_directory(disk);
  if (mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=32k") != 0) GTEST_SKIP() << "no tmpfs here";
  expectFailureBesideAResult(
      {"--wave", profile("signals: bank, dram, link, alu, columns\nwindow: {at: run}\n")},
      {"mine", "run", "space"});
  for (const auto& entry : fs::directory_iterator(disk)) {
    EXPECT_EQ(entry.path().extension(), ".txt") << entry.path();
  }
  umount(disk.c_str());
}

}  // namespace
}  // namespace pim::cli
