// Where output goes: devices, pipes, links, closed descriptors, several runs at once, and what a signal
// leaves.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <thread>

#include "tests/sim/commands/pimtlm.h"
#include "tests/support/temporary_folder.h"

namespace pim::cli {
namespace {

namespace fs = std::filesystem;

const char* const kRun = " run --model tiny --prompt 4 --generate 2 --set weights.group=32 --quiet";

class OutputPlaces : public ::testing::Test {
 protected:
  /// Runs a line of bash in the folder; $P is the executable.
  int bash(const std::string& line) const {
    const std::string script = m_folder.write(
        "script", "P='" + std::string(PIMTLM_EXECUTABLE) + "'\ncd '" + m_folder.path() + "'\n" + line);
    const int status = std::system(("bash '" + script + "' > '" + m_folder.path("out") + "' 2> '" +
                                    m_folder.path("err") + "' < /dev/null")
                                       .c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  bool node(const std::string& name, unsigned minor) const {
    return mknod(m_folder.path(name).c_str(), S_IFCHR | 0600, makedev(1, minor)) == 0;
  }
  bool isJson(const std::string& name) const {
    return !nlohmann::json::parse(m_folder.read(name), nullptr, false).is_discarded();
  }
  /// Names of files in the making, anywhere in the folder.
  std::vector<std::string> parts() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(m_folder.path())) {
      if (entry.path().string().find(".part") != std::string::npos) names.push_back(entry.path());
    }
    return names;
  }

  const test::TemporaryFolder m_folder;
};

TEST_F(OutputPlaces, DevicesStayDevices) {
  if (!node("null", 3)) GTEST_SKIP() << "only root makes device nodes";
  ASSERT_TRUE(node("full", 7));
  const std::string adder = " --weights '" + std::string(PIMTLM_ADDER) + "'";
  for (const std::string& line :
       {"$P" + std::string(kRun) + " --json null", "$P" + std::string(kRun) + " --timeline null",
        "$P pack" + adder + " --image null --quiet",
        "$P generate" + adder + " --prompt 1+1= --generate 2 --quiet --logits null"}) {
    EXPECT_EQ(bash(line), 0) << line << m_folder.read("err");
    EXPECT_TRUE(fs::is_character_file(m_folder.path("null"))) << line;
  }
  EXPECT_EQ(bash("$P" + std::string(kRun) + " --json full"), 2);
  EXPECT_NE(m_folder.read("err").find("No space left"), std::string::npos);
  EXPECT_TRUE(fs::is_character_file(m_folder.path("full")));
  EXPECT_TRUE(parts().empty());
}

TEST_F(OutputPlaces, PipesAndLinksAreFollowed) {
  EXPECT_EQ(
      bash("mkfifo pipe; cat pipe > got & $P" + std::string(kRun) + " --json pipe; s=$?; wait; exit $s"), 0);
  EXPECT_TRUE(isJson("got"));
  EXPECT_TRUE(fs::is_fifo(m_folder.path("pipe")));
  EXPECT_EQ(bash("echo old > real; ln -s real link; $P" + std::string(kRun) + " --json link"), 0);
  EXPECT_TRUE(fs::is_symlink(m_folder.path("link")));
  EXPECT_TRUE(isJson("real"));
  EXPECT_EQ(bash("$P" + std::string(kRun) + " --json >(cat > sub); s=$?; sleep 1; exit $s"), 0)
      << m_folder.read("err");
  EXPECT_TRUE(isJson("sub"));
  EXPECT_EQ(bash("$P" + std::string(kRun) + " --json >(head -c 20 > few); s=$?; sleep 1; exit $s"), 0)
      << m_folder.read("err");
  EXPECT_EQ(m_folder.read("few").size(), 20u);
}

TEST_F(OutputPlaces, StandardOutputByItsName) {
  EXPECT_EQ(bash("$P" + std::string(kRun) + " --json /dev/stdout"), 0);
  EXPECT_TRUE(isJson("out"));
  // Also without --quiet: nothing but JSON goes there.
  EXPECT_EQ(
      bash("$P run --model tiny --prompt 4 --generate 2 --set weights.group=32 --json /dev/stdout | cat"), 0);
  EXPECT_TRUE(isJson("out"));
}

TEST_F(OutputPlaces, ClosedDescriptorsTakeNoFile) {
  EXPECT_EQ(bash("$P run --model tiny --prompt 4 --generate 2 --set weights.group=32 --json a >&-"), 0);
  EXPECT_TRUE(isJson("a")) << m_folder.read("a").substr(0, 80);
  EXPECT_EQ(bash("$P" + std::string(kRun) + " --progress --json b 2>&-"), 0);
  EXPECT_TRUE(isJson("b")) << m_folder.read("b").substr(0, 80);
}

TEST_F(OutputPlaces, AFullStandardOutputIsAnError) {
  EXPECT_EQ(bash("$P describe > /dev/full"), 2);
  EXPECT_NE(m_folder.read("err").find("standard output"), std::string::npos) << m_folder.read("err");
}

TEST_F(OutputPlaces, OfSeveralRunsAtOnceTheLastWholeResultStays) {
  EXPECT_EQ(
      bash("for i in 1 2 3 4; do $P run --model tiny --prompt 4 --generate $((i*3)) --set weights.group=32 "
           "--per-token --quiet --json j & done; wait"),
      0);
  EXPECT_EQ(m_folder.read("err"), "");
  EXPECT_TRUE(isJson("j"));
  EXPECT_TRUE(parts().empty());
}

TEST_F(OutputPlaces, QuietTextAndNothingElse) {
  const std::string line = "$P generate --weights '" + std::string(PIMTLM_ADDER) +
                           "' --prompt 12+34= --generate 8 --quiet --json j";
  ASSERT_EQ(bash(line), 0);
  EXPECT_EQ(m_folder.read("out"), nlohmann::json::parse(m_folder.read("j"))["text"]);
  bash(line + " --logits l | head -c 1 > few");
  EXPECT_EQ(m_folder.read("few").size(), 1u);
  EXPECT_EQ(m_folder.read("err").find("error"), std::string::npos) << m_folder.read("err");
  EXPECT_TRUE(parts().empty());
}

TEST_F(OutputPlaces, SignalsLeaveNothingUnfinished) {
  for (const int signal : {SIGINT, SIGTERM}) {
    const std::string out = m_folder.path("run");
    const pid_t child = fork();
    if (child == 0) {
      if (std::freopen(m_folder.path("err").c_str(), "w", stderr) == nullptr) _exit(9);
      std::signal(signal, SIG_DFL);
      execl(PIMTLM_EXECUTABLE, "pimtlm", "run", "--model", "llama-7b", "--prompt", "128", "--generate",
            "1500", "--out", out.c_str(), "--json", m_folder.path("j").c_str(), "--timeline-window", "all",
            "--quiet", nullptr);
      _exit(9);
    }
    // Once the files are open the run goes on for seconds.
    for (int i = 0; i < 600 && parts().size() < 3; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    EXPECT_GE(parts().size(), 3u);
    kill(child, signal);
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 128 + signal);
    EXPECT_EQ(m_folder.read("err"), "pimtlm: interrupted: no file was complete\n");
    EXPECT_TRUE(parts().empty()) << parts().front();
  }
}

}  // namespace
}  // namespace pim::cli
