// A disk that fills up while the chip is simulated: one line, exit status 2, and the result wherever it can
// be.
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "tests/sim/commands/pimtlm.h"
#include "tests/support/temporary_folder.h"

namespace pim::cli {
namespace {

/// A file system of 256 KiB.
class FullDisk : public testing::Test {
 protected:
  FullDisk() {
    std::filesystem::create_directory(m_disk);
    m_mounted = mount("tmpfs", m_disk.c_str(), "tmpfs", 0, "size=256k") == 0;
  }
  ~FullDisk() override {
    if (m_mounted) umount(m_disk.c_str());
  }
  void SetUp() override {
    if (!m_mounted) GTEST_SKIP() << "only root may mount a small file system";
  }

  static Outcome runWith(const Words& more) {
    Words words{"run", "--model", "llama-7b", "--prompt", "16", "--generate", "4", "--quiet"};
    words.insert(words.end(), more.begin(), more.end());
    return pimtlm(words);
  }
  static void expectOneLine(const Outcome& run, const Words& mentions) {
    EXPECT_EQ(run.status, 2);
    EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
    for (const std::string& mention : mentions)
      EXPECT_NE(run.err.find(mention), std::string::npos) << run.err;
  }

  const test::TemporaryFolder m_folder;
  const std::string& m_directory = m_folder.path();
  const std::string m_disk = m_folder.path("small");
  bool m_mounted = false;
};

TEST_F(FullDisk, ATimelineThatDoesNotFitCostsNothingElse) {
  const std::string json = m_directory + "/result.json";
  const Outcome run = runWith({"--timeline", m_disk + "/t.json", "--json", json});
  expectOneLine(run, {"--timeline", m_disk + "/t.json", "No space left"});
  EXPECT_EQ(nlohmann::json::parse(readFile(json))["decode"]["tokens"], 3);
  EXPECT_TRUE(std::filesystem::is_empty(m_disk));
}

TEST_F(FullDisk, WhatFitsIntoTheDirectoryIsWrittenThere) {
  const std::string out = m_disk + "/run";
  const Outcome run = runWith({"--out", out});
  expectOneLine(run, {"--out", out, "No space left"});
  EXPECT_EQ(nlohmann::json::parse(readFile(out + "/result.json"))["decode"]["tokens"], 3);
  EXPECT_TRUE(std::filesystem::exists(out + "/config.yaml"));
  for (const auto& entry : std::filesystem::directory_iterator(out)) {
    EXPECT_NE(entry.path().extension(), ".part") << entry.path();
  }
}

TEST_F(FullDisk, AResultThatDoesNotFitIsStillPrinted) {
  writeFile(m_disk + "/filler", std::string(300 * 1024, 'x'));
  const Outcome run = pimtlm({"run", "--model", "tiny", "--prompt", "4", "--generate", "2", "--set",
                              "weights.group=32", "--json", m_disk + "/result.json"});
  expectOneLine(run, {"--json", "No space left"});
  EXPECT_NE(run.out.find("tokens/s"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(m_disk + "/result.json"));
}

}  // namespace
}  // namespace pim::cli
