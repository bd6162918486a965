// The firmware under GDB: gdb-multiarch against `pimtlm generate --gdb`.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

#include "tests/sim/commands/background_pimtlm.h"
#include "tests/sim/commands/pimtlm.h"
#include "tests/support/temporary_folder.h"

namespace pim::cli {
namespace {

class Gdb : public ::testing::Test {
 protected:
  void SetUp() override {
    if (std::system("command -v gdb-multiarch > /dev/null") != 0) GTEST_SKIP() << "no gdb-multiarch";
    if (!hasRv32Core()) GTEST_SKIP() << "built without riscv64-unknown-elf-gcc";
  }
  Words adder(const Words& more) const {
    return Words{"generate",   "--weights", PIMTLM_ADDER,          "--prompt",
                 "1234+5678=", "--set",     "controller.core=rv32"} +
           more;
  }
  /// The port that pimtlm says it waits at.
  std::string port() const {
    const std::string before = "127.0.0.1:";
    for (int tries = 0; tries < 300; ++tries) {
      const std::string said = readFile(m_folder.path("err"));
      const std::size_t at = said.find(before), end = said.find('\n', at);
      if (at != std::string::npos && end != std::string::npos)
        return said.substr(at + before.size(), end - at - before.size());
      ::usleep(100'000);
    }
    ADD_FAILURE() << "it does not say where it waits";
    return "1";
  }
  /// Runs GDB with these commands; what it prints.
  std::string gdb(const std::string& port, const Words& commands) const {
    std::string line = "timeout 120 gdb-multiarch -batch -nx -ex 'set confirm off' -ex 'file " PIMTLM_FIRMWARE
                       "' -ex 'target remote 127.0.0.1:" +
                       port + "'";
    for (const std::string& command : commands) line += " -ex '" + command + "'";
    line += " > " + m_folder.path("gdb") + " 2>&1";
    EXPECT_EQ(std::system(line.c_str()), 0);
    return readFile(m_folder.path("gdb"));
  }

  test::TemporaryFolder m_folder;
};

TEST_F(Gdb, StopsStepsLooksAndLetsTheSameTokensOut) {
  const std::string expected = pimtlmJson(adder({}))["tokens"].dump();
  BackgroundPimtlm run(adder({"--gdb", "0", "--json", m_folder.path("json"), "--quiet"}),
                       m_folder.path("err"));
  const std::string said =
      gdb(port(), {"info registers pc", "break stage_down", "continue", "x/1i $pc", "set $before=$pc",
                   "stepi", "p $pc != $before", "set $t6=0x1234", "p/x $t6", "x/1xw $sp",
                   "set {int}($sp-64)=77", "p *(int*)($sp-64)", "delete", "continue"});
  EXPECT_EQ(run.wait(), 0);
  EXPECT_NE(said.find("0x80000000 <pim_start>"), std::string::npos) << said;
  EXPECT_NE(said.find("Breakpoint 1, "), std::string::npos) << said;
  EXPECT_NE(said.find("in stage_down ()"), std::string::npos) << said;
  EXPECT_NE(said.find("$1 = 1\n"), std::string::npos) << said;
  EXPECT_NE(said.find("$2 = 0x1234"), std::string::npos) << said;
  EXPECT_NE(said.find("$3 = 77"), std::string::npos) << said;
  EXPECT_NE(said.find("exited normally"), std::string::npos) << said;
  EXPECT_EQ(nlohmann::json::parse(readFile(m_folder.path("json")))["tokens"].dump(), expected);
}

TEST_F(Gdb, TheRunGoesOnWhenItLeaves) {
  BackgroundPimtlm run(adder({"--gdb", "0", "--quiet"}), m_folder.path("err"));
  gdb(port(), {"break stage_qkv", "continue", "detach"});
  EXPECT_EQ(run.wait(), 0);
}

TEST_F(Gdb, NeedsTheCoreAndAPort) {
  expectRefusal({"generate", "--weights", PIMTLM_ADDER, "--prompt", "1+1=", "--gdb", "0"},
                {"--gdb", "controller.core=rv32"});
  expectRefusal(adder({"--gdb", "65536"}), {"--gdb"});
  BackgroundPimtlm first(adder({"--gdb", "0", "--quiet"}), m_folder.path("err"));
  expectRefusal(adder({"--gdb", port()}), {"--gdb", "a free port"});
}

}  // namespace
}  // namespace pim::cli
