#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "tests/core/riscv/elf_writer.h"
#include "tests/core/riscv/encode.h"
#include "tests/sim/commands/pimtlm.h"
#include "tests/support/temporary_folder.h"

namespace pim::cli {
namespace {

using namespace riscv::test;

const Words kRun{"run",
                 "--preset",
                 "small",
                 "--model",
                 "tiny",
                 "--prompt",
                 "4",
                 "--generate",
                 "2",
                 "--set",
                 "weights.group=32",
                 "--set",
                 "controller.core=rv32"};
constexpr std::uint32_t kCode = 0x80000000, kData = 0x80020000;

/// A program of one's own: runs these words as the function "own".
class FirmwareFile : public testing::Test {
 protected:
  std::string program(const std::vector<Word>& words) {
    std::string code;
    for (const Word word : words) put32(code, word);
    const auto bytes = static_cast<std::uint32_t>(code.size());
    return m_folder.write("own.elf", elfFile(kCode, {{kCode, code, 0}}, {{"own", kCode, bytes}}));
  }
  Outcome run(const std::string& elf, const Words& more = {}) {
    Words words = kRun;
    words.insert(words.end(), {"--firmware", elf});
    words.insert(words.end(), more.begin(), more.end());
    return pimtlm(words);
  }
  void expectFault(const std::vector<Word>& words, const Words& mentions, const Words& more = {}) {
    const Outcome outcome = run(program(words), more);
    EXPECT_EQ(outcome.status, 1);
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    for (const std::string& mention : mentions) {
      EXPECT_NE(outcome.err.find(mention), std::string::npos) << mention << " in " << outcome.err;
    }
  }

  test::TemporaryFolder m_folder;
};

TEST_F(FirmwareFile, AWildStoreEndsTheRunWithWhereAndWhy) {
  expectFault({addi(2, 0, 0), lui(2, kData + 0x4000), lui(5, 0x70000000), sw(0, 16, 5)},
              {"pc 0x8000000c in own: store access fault at 0x70000010\n"});
}

TEST_F(FirmwareFile, AnEndlessLoopEndsTheRun) {
  expectFault({addi(5, 5, 1), typeJ(-4, 0)}, {"in own", "endless loop", "awake for 5 ms"},
              {"--firmware-timeout", "5"});
}

/// A quantum of the simulation is 10 us: a cycle may be longer.
TEST_F(FirmwareFile, AVerySlowCoreEndsItsWorkToo) {
  if (!hasRv32Core()) GTEST_SKIP() << "built without riscv64-unknown-elf-gcc";
  for (const char* clock : {"10001", "1000000"}) {
    const auto json = pimtlmJson({"run", "--model", "tiny", "--set", "weights.group=32", "--prompt", "1",
                                  "--generate", "2", "--set", "controller.core=rv32", "--set",
                                  std::string("controller.firmware_clock_ns=") + clock});
    EXPECT_EQ(json["decode"]["bound_by"], "firmware") << clock;
  }
}

TEST_F(FirmwareFile, AStackOverflowIsCalledSo) {
  expectFault({lui(2, kData), addi(2, 2, 64), addi(2, 2, -32), sw(1, 0, 2), typeJ(-8, 1)},
              {"pc 0x8000000c in own", "stack overflow: sp is 0x8001ffe0"});
}

TEST_F(FirmwareFile, AnIllegalInstructionAndAJumpToNowhereEndTheRun) {
  expectFault({0xFFFFFFFF}, {"pc 0x80000000 in own", "illegal instruction 0xffffffff"});
  expectFault({lui(5, 0x1000), jalr(0, 0, 5)}, {"pc 0x00001000 in no function", "instruction access fault"});
}

TEST_F(FirmwareFile, WhatIsNoProgramIsRefused) {
  const auto refused = [](Words more, const Words& mentions) {
    Words words = kRun;
    words.insert(words.end(), more.begin(), more.end());
    expectRefusal(words, mentions);
  };
  refused({"--firmware", m_folder.write("text", std::string("hello"))}, {"text: expected an ELF file"});
  refused({"--firmware", m_folder.path("absent.elf")}, {"absent.elf"});
  refused({"--firmware", m_folder.write("far.elf", elfFile(0x1000, {{0x1000, "code", 0}}))},
          {"far.elf: expected segments within the instruction memory"});
  refused({"--set", "controller.cycle_table=z80"},
          {"controller.cycle_table: expected", "ibex, picorv32", "z80"});
  refused({"--set", "memory_map.data_memory_base=0x80000100"},
          {"data memory", "overlaps instruction memory"});
  expectRefusal({"run", "--preset", "small", "--model", "tiny", "--prompt", "4", "--generate", "2", "--set",
                 "weights.group=32", "--firmware", "x"},
                {"--firmware: expected controller.core=rv32"});
}

TEST_F(FirmwareFile, ATableOfOnesOwnLacksNothing) {
  const std::string table = m_folder.write("own.yaml", std::string("alu: 1\n"));
  Words words = kRun;
  words.insert(words.end(), {"--set", "controller.cycle_table=" + table});
  expectRefusal(words, {"own.yaml: shift: expected", "found nothing"});
}

TEST_F(FirmwareFile, DescribePrintsTheTableInUse) {
  const nlohmann::json json = pimtlmJson({"describe", "--core", "--set", "controller.cycle_table=picorv32"});
  EXPECT_EQ(json["core"]["name"], "picorv32");
  EXPECT_EQ(json["core"]["jump_register"], 6);
  EXPECT_NE(pimtlm({"describe", "--core"}).out.find("Cycle table ibex"), std::string::npos);
}

TEST_F(FirmwareFile, TheProfileNamesFunctionsAndSumsUp) {
  Words words = kRun;
  if (!hasRv32Core()) GTEST_SKIP() << "built without riscv64-unknown-elf-gcc";
  words.insert(words.end(), {"--profile-firmware", m_folder.path("stacks")});
  const nlohmann::json json = pimtlmJson(words);
  const std::string stacks = m_folder.read("stacks"), functions = m_folder.read("stacks.functions");
  EXPECT_NE(stacks.find(";pim_post"), std::string::npos) << stacks;
  EXPECT_NE(functions.find("pim_scoreboard_enter"), std::string::npos);
  std::uint64_t folded = 0, table = 0;
  std::istringstream lines(stacks);
  for (std::string line; std::getline(lines, line);) folded += std::stoull(line.substr(line.rfind(' ')));
  std::istringstream rows(functions);
  std::string line;
  for (std::getline(rows, line); std::getline(rows, line);) table += std::stoull(line.substr(14));
  EXPECT_EQ(folded, table);
  EXPECT_GT(folded, 10000u);
}

// 165 KB of descriptors; at 100 cycles an access posting bounds the token, and a program does not.
TEST(CachedProgram, BringsBackWhatASlowBusTakes) {
  const Words slow{
      "run",        "--model", "llama-7b",    "--prompt", "128",
      "--generate", "16",      "--no-advice", "--set",    "controller.firmware_cycles_per_access=100"};
  Words cached = slow;
  cached.insert(cached.end(), {"--set", "schedule.program=cached"});
  const nlohmann::json posted = pimtlmJson(slow), program = pimtlmJson(cached);
  EXPECT_LT(posted["decode"]["tokens_per_second"].get<double>(), 350);
  EXPECT_EQ(posted["decode"]["bound_by"], "firmware");
  EXPECT_GE(program["decode"]["tokens_per_second"].get<double>(), 480);
  EXPECT_EQ(program["decode"]["bound_by"], "bank_weights");
}

TEST(CachedProgram, IsComparedWithProgramsCompiledAhead) {
  const nlohmann::json programs =
      pimtlmJson({"analyze", "--program", "--model", "llama-7b", "--context", "500"})["programs"];
  const nlohmann::json& memory = programs["memory_bytes"];
  const auto commands = programs["steps"][0]["cached"]["commands"].get<std::uint64_t>();
  EXPECT_EQ(commands, 1288u);
  EXPECT_EQ(memory["compiled_every_length"], 500 * 128 * commands);
  EXPECT_EQ(memory["compiled_stairs_128"], 4 * 128 * commands);
  // Nine words a layer, what to wait for, and two words for each of these.
  EXPECT_EQ(memory["cached"], 128 * commands + 32 * (9 + 1) * 8);
  EXPECT_EQ(programs["steps"].size(), 4u);
  for (const nlohmann::json& step : programs["steps"]) {
    const auto rate = [&step](const char* way) { return step[way]["tokens_per_second"].get<double>(); };
    EXPECT_LT(step["cached"]["firmware_seconds"], step["posted"]["firmware_seconds"]);
    EXPECT_GE(rate("cached"), rate("posted"));
    EXPECT_GE(rate("cached"), rate("compiled_stairs_16"));
    EXPECT_GE(rate("compiled_stairs_16"), rate("compiled_stairs_128"));
  }
}

}  // namespace
}  // namespace pim::cli
