#include <gtest/gtest.h>

#include <filesystem>

#include "tests/sim/commands/pimtlm.h"
#include "tests/support/temporary_folder.h"

// Every mistake a user can make on the command line: one line that names the culprit, exit status 2, nothing
// on stdout.

namespace pim::cli {
namespace {

const Words kRun{"run", "--model", "tiny", "--prompt", "4", "--generate", "2", "--set", "weights.group=32"};

Words runWith(const Words& more) {
  Words words = kRun;
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

TEST(BadInput, UnknownCommand) {
  expectRefusal({"fly"}, {"fly", "--help"});
}

TEST(BadInput, UnknownOption) {
  expectRefusal(runWith({"--fast"}), {"--fast", "run"});
}

TEST(BadInput, CountsThatAreNone) {
  for (const char* const value : {"1.5", "1e3", "0x10", " 3", "3 ", "", "99999999999999999999", "many"}) {
    expectRefusal({"run", "--model", "tiny", "--prompt", value, "--generate", "2"},
                  {"--prompt", "expected a whole number", '\'' + std::string(value) + '\''});
    if (*value == 0) continue;
    expectRefusal({"run", "--model", "tiny", "--generate=2", std::string("--prompt=") + value},
                  {"--prompt", "a whole number", '\'' + std::string(value) + '\''});
  }
  expectRefusal({"demands", "--tokens-per-second", "fast"}, {"--tokens-per-second", "a number", "'fast'"});
}

TEST(BadInput, IdsThatAreMissingInAList) {
  for (const char* const ids : {"1,,2", ",1", "1,", ",", " "})
    expectRefusal({"generate", "--weights", PIMTLM_ADDER, "--prompt-ids", ids}, {"--prompt-ids", "token id"});
}

TEST(BadInput, TwoOutputsInOnePlace) {
  const test::TemporaryFolder folder;
  const std::string file = folder.path("f"), out = folder.path("out");
  expectRefusal(runWith({"--json", file, "--timeline", file}), {"a file of its own"});
  expectRefusal(runWith({"--json", out + "/result.json", "--out", out}), {"a file of its own"});
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST(BadInput, UnknownPreset) {
  expectRefusal(runWith({"--preset", "aim9"}), {"aim9", "aim8"});
}

TEST(BadInput, UnknownModel) {
  expectRefusal({"run", "--model", "llama-8", "--prompt", "1", "--generate", "1"},
                {"--model", "llama-8", "llama-7b"});
}

TEST(BadInput, MissingModel) {
  expectRefusal({"run", "--prompt", "1", "--generate", "1"}, {"--model"});
}

TEST(BadInput, UnknownKey) {
  expectRefusal(runWith({"--set", "link.bandwith_gb_per_s=3"}),
                {"link.bandwith_gb_per_s", "link.bandwidth_gb_per_s"});
}

TEST(BadInput, ValueWithAUnit) {
  expectRefusal(runWith({"--set", "link.bandwidth_gb_per_s=32GB"}), {"link.bandwidth_gb_per_s", "32GB"});
}

TEST(BadInput, ValueOfTheWrongType) {
  expectRefusal(runWith({"--set", "chip.dies=many"}), {"chip.dies", "many"});
}

TEST(BadInput, ZeroNegativeAbsurd) {
  for (const char* value : {"0", "-1", "1e12", "nan", ""}) {
    expectRefusal(runWith({"--set", std::string("dram.t_ccd_ns=") + value}), {"dram.t_ccd_ns"});
  }
}

TEST(BadInput, DramTimingsThatContradictEachOther) {
  expectRefusal(runWith({"--set", "dram.t_ras_ns=5"}), {"dram.t_ras_ns", "t_rcd"});
  expectRefusal(runWith({"--set", "dram.t_rfc_ns=2000"}), {"dram.t_rfc_ns"});
}

TEST(BadInput, OverlappingMemoryMap) {
  expectRefusal(runWith({"--set", "memory_map.cmem_base=0x10001000"}),
                {"memory_map", "cram", "cmem", "overlaps"});
}

TEST(BadInput, GroupsThatDoNotFitTheDie) {
  expectRefusal(runWith({"--set", "mapping.banks_per_head=32"}),
                {"mapping.banks_per_head", "chip.banks_per_die"});
}

const Words kTinyBram{"run",        "--model", "llama-7b", "--prompt",       "4",
                      "--generate", "2",       "--set",    "bank.bram_kib=1"};

TEST(BadInput, BramTooSmallForAnyTile) {
  expectRefusal(kTinyBram, {"bank.bram_kib"});
}

TEST(BadInput, UnreadableConfig) {
  expectRefusal(runWith({"--config", "/nonexistent/chip.yaml"}), {"/nonexistent/chip.yaml"});
}

TEST(BadInput, MalformedYaml) {
  const test::TemporaryFolder folder;
  const std::string& directory = folder.path();
  writeFile(directory + "/chip.yaml", "chip: {dies: 8\nlink:");
  expectRefusal(runWith({"--config", directory + "/chip.yaml"}), {"chip.yaml"});
}

TEST(BadInput, UnwritableOutput) {
  expectRefusal(runWith({"--json", "/nonexistent/result.json"}), {"--json", "/nonexistent/result.json"});
  expectRefusal(runWith({"--out", "/proc/nothing"}), {"--out", "/proc/nothing"});
  expectRefusal(runWith({"--json", "/tmp"}), {"--json", "/tmp"});
}

TEST(BadInput, LeavesNothingBehind) {
  const test::TemporaryFolder folder;
  const std::string& directory = folder.path();
  Words words = kTinyBram;
  words.insert(words.end(), {"--json", directory + "/result.json"});
  expectRefusal(words, {"bank.bram_kib"});
  EXPECT_TRUE(std::filesystem::is_empty(directory));
}

TEST(BadInput, CountsOutOfRange) {
  for (const char* value : {"0", "-3", "99999999"}) {
    expectRefusal({"run", "--model", "tiny", "--prompt", value, "--generate", "1"}, {"--prompt"});
  }
  expectRefusal({"run", "--model", "tiny", "--prompt", "x", "--generate", "1"}, {"--prompt"});
}

TEST(BadInput, SamplingThatMakesNoSense) {
  const auto refuse = [](const char* option, const char* value) {
    expectRefusal({"generate", "--weights", PIMTLM_ADDER, "--prompt", "1+1=", option, value},
                  {option, value});
  };
  for (const char* value : {"-1", "nan", "inf", "1e-9", "1e9", "warm", ""}) refuse("--temperature", value);
  for (const char* value : {"0", "-0.5", "1.0001", "nan", "most", ""}) refuse("--top-p", value);
  for (const char* value : {"-1", "18446744073709551616", "1.5", "lucky", ""}) refuse("--seed", value);
}

TEST(BadInput, ContextThatDoesNotFitSaysWhatWould) {
  expectRefusal({"run", "--model", "llama-7b", "--prompt", "1000", "--generate", "1000"},
                {"bytes", "kv.bits", "chip.dies"});
}

TEST(BadInput, DataWhereTheFormatHasNone) {
  expectRefusal(runWith({"--functional", "--set", "weights.bits=16", "--set", "weights.scale_bits=0"}),
                {"--functional", "weights.bits"});
}

TEST(Output, OutDirectoryHoldsAllFilesOfTheRun) {
  const test::TemporaryFolder folder;
  const std::string& directory = folder.path();
  const Outcome run = pimtlm(runWith({"--no-advice", "--out", directory + "/r"}));
  ASSERT_EQ(run.status, 0) << run.err;
  const auto json = nlohmann::json::parse(readFile(directory + "/r/result.json"));
  EXPECT_EQ(json["decode"]["tokens"], 1);
  EXPECT_EQ(readFile(directory + "/r/summary.txt"), run.out);
  // The configuration written is complete: running it again gives the same result.
  const Outcome again = pimtlm({"run", "--config", directory + "/r/config.yaml", "--model", "tiny",
                                "--prompt", "4", "--generate", "2", "--json", "-", "--quiet"});
  ASSERT_EQ(again.status, 0) << again.err;
  auto first = json;
  auto second = nlohmann::json::parse(again.out);
  first.erase("host");
  second.erase("host");
  EXPECT_EQ(first, second);
}

}  // namespace
}  // namespace pim::cli
