// Faults that users reported of such tools, each with an input that the test makes itself. What belongs to
// one reader or writer of files is tested beside it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "tests/sim/commands/pimtlm.h"
#include "tests/support/temporary_folder.h"

namespace pim::cli {
namespace {

using Json = nlohmann::json;

Words with(Words words, const Words& settings) {
  for (const std::string& setting : settings) words.insert(words.end(), {"--set", setting});
  return words;
}

Words tiny(const Words& settings) {
  Words words{"run", "--model", "tiny", "--prompt", "3", "--generate", "2", "--set", "weights.group=32"};
  return with(words, settings);
}

double decodeSeconds(const Words& settings) {
  return pimtlmJson(tiny(settings))["decode"]["seconds_per_token"];
}

TEST(ReportedFaults, NarrowAlusTakeTheTimeBetweenTheirNeighbours) {
  for (const char* const bits : {"kv.bits=4", "kv.bits=8"}) {
    double before = 1e9;
    for (const int lanes : {1, 2, 3, 5, 6, 7, 10, 40, 71}) {
      const double seconds = decodeSeconds({bits, fmt::format("controller.alu_lanes={}", lanes)});
      EXPECT_LE(seconds, before * 1.01) << lanes << " lanes, " << bits;
      before = seconds;
    }
  }
}

TEST(ReportedFaults, TransfersFitDieRam) {
  // Where they cannot, the line names what does, and that runs.
  double before = 1e9;
  for (const int kib : {8, 16, 64, 256}) {
    const double seconds = decodeSeconds({fmt::format("die.ram_kib={}", kib), "bank.bram_kib=256"});
    EXPECT_LE(seconds, before * 1.001) << kib;
    before = seconds;
  }
  const Words tooSmall{"gemv", "--rows", "4096", "--cols", "4096", "--set", "die.ram_kib=1"};
  const Outcome refused = pimtlm(tooSmall);
  EXPECT_EQ(refused.err.find("internal error"), std::string::npos) << refused.err;
}

TEST(ReportedFaults, MoreTimeThanTheClockHoldsIsOneLine) {
  Words words{"run", "--model", "llama-7b", "--prompt", "128", "--generate", "1000"};
  words = with(words, {"dram.refresh=off", "dram.t_rc_ns=1e9", "dram.t_ras_ns=5e8", "dram.t_rp_ns=5e8"});
  words.push_back("--quiet");
  expectRefusal(words, {"exceeds", "shorter timings or fewer tokens"});
  // Slow, but within it: rates are not rounded to nothing.
  const Outcome slow =
      pimtlm(with({"run", "--model", "llama-7b", "--prompt", "1", "--generate", "2"},
                  {"dram.refresh=off", "dram.t_rc_ns=1e8", "dram.t_ras_ns=5e7", "dram.t_rp_ns=5e7"}));
  ASSERT_EQ(slow.status, 0) << slow.err;
  EXPECT_EQ(slow.out.find(" 0.0 tokens/s"), std::string::npos) << slow.out;
}

TEST(ReportedFaults, TheCriticalPathIsTheTimeAlsoWithASlowCore) {
  for (const Words& settings :
       {Words{}, Words{"controller.firmware_cycles_per_access=50"},
        Words{"controller.firmware_cycles_per_access=50", "dram.t_ccd_ns=3.3", "mapping.embedding=banks"}}) {
    const Json run = pimtlmJson(tiny(settings));
    const auto pathOf = [](const Json& components) {
      double sum = 0;
      for (const Json& part : components["critical_path"]) sum += part.get<double>();
      return sum;
    };
    EXPECT_NEAR(pathOf(run["prefill"]["components"]) * 3, run["prefill"]["seconds"].get<double>(), 1e-12);
    EXPECT_NEAR(pathOf(run["components"]), run["decode"]["seconds_per_token"].get<double>(), 1e-12);
  }
}

TEST(ReportedFaults, DeepJsonIsRefusedByEveryReader) {
  const test::TemporaryFolder folder;
  std::string objects = R"({"config":)", arrays = R"({"config":)";
  for (int i = 0; i < 60000; ++i) objects += R"({"a":)";
  objects += "1" + std::string(60001, '}');
  arrays += std::string(60000, '[') + std::string(60000, ']') + '}';
  for (const std::string& text : {objects, arrays}) {
    const std::string file = folder.write("deep.json", text);
    expectRefusal({"compare", file, file}, {"deep.json"});
  }
}

TEST(ReportedFaults, CheckpointsOfOtherTimesAreNamed) {
  const test::TemporaryFolder folder;
  const auto little = [](std::initializer_list<std::uint32_t> words) {
    std::string bytes;
    for (const std::uint32_t word : words)
      for (int i = 0; i < 4; ++i) bytes += static_cast<char>(word >> (8 * i));
    return bytes;
  };
  const std::string rest(4096, '\0');
  for (const std::uint32_t version : {1u, 2u}) {
    const std::string file =
        folder.write("new.bin", little({0x616b3432, version, 64, 172, 5, 8, 4, 512, 512}) + rest);
    expectRefusal({"generate", "--weights", file, "--prompt-ids", "1"},
                  {"new.bin", fmt::format("version {}", version), "--version 0"});
  }
  const std::string old = folder.write("old.bin", "tjgg" + little({3, 32000, 4096, 256, 32, 32, 128}) + rest);
  expectRefusal({"generate", "--weights", old, "--prompt-ids", "1"}, {"old.bin", "ggml"});
  const std::string zip = folder.write("zip.bin", "PK\3\4" + rest);
  expectRefusal({"generate", "--weights", zip, "--prompt-ids", "1"}, {"zip.bin", "zip"});
}

TEST(ReportedFaults, MergeKeysAndKeysGivenTwiceAreRefused) {
  const test::TemporaryFolder folder;
  const std::string merge = folder.write("m.yaml", "d: &d\n  dies: 4\nchip:\n  <<: *d\n");
  expectRefusal({"describe", "--config", merge}, {"m.yaml:4", "merge keys"});
  const std::string twice = folder.write("t.yaml", "chip.dies: 4\nchip: {dies: 16}\n");
  expectRefusal({"describe", "--config", twice}, {"t.yaml:2", "chip.dies", "twice"});
}

TEST(ReportedFaults, AnMlpOfNoWholeGroupsIsPadded) {
  const test::TemporaryFolder folder;
  const auto model = [&](int mlp) {
    return folder.write(
        fmt::format("mlp{}.yaml", mlp),
        fmt::format("layers: 2\nhidden: 256\nheads: 4\nkv_heads: 4\nmlp: {}\nvocab: 512\ncontext: 256\n"
                    "rope_theta: 10000\nrms_epsilon: 1e-5\ntied_embeddings: off\n",
                    mlp));
  };
  const auto seconds = [&](int mlp) {
    return pimtlmJson({"run", "--model", model(mlp), "--prompt", "1", "--generate",
                       "2"})["decode"]["seconds_per_token"]
        .get<double>();
  };
  EXPECT_GT(seconds(700), 0);
  EXPECT_LE(seconds(700), seconds(768));
  EXPECT_GE(seconds(700), seconds(640));
}

TEST(ReportedFaults, ATokenizerThatIsNotKnownStopsNoIds) {
  const test::TemporaryFolder folder;
  std::string bytes = readFile(PIMTLM_ADDER);
  const std::string key = "tokenizer.ggml.model";
  const std::size_t at = bytes.find(key);
  ASSERT_NE(at, std::string::npos);
  bytes[at + key.size() + 4 + 8] ^= 1;  // behind the type and the length: another kind of tokenizer
  const std::string file = folder.write("other.gguf", bytes);
  const Outcome ids =
      pimtlm({"generate", "--weights", file, "--prompt-ids", "1,2", "--generate", "2", "--quiet"});
  EXPECT_EQ(ids.status, 0) << ids.err;
  expectRefusal({"generate", "--weights", file, "--prompt", "1+1=", "--generate", "2"},
                {"other.gguf", "tokenizer"});
}

}  // namespace
}  // namespace pim::cli
