#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/sim/commands/pimtlm.h"
#include "tests/sim/commands/shared_models.h"
#include "tests/support/temporary_folder.h"

// What compressed weights and masked attention are worth on the chip: docs/compression.md.

namespace pim::cli {
namespace {

using Json = nlohmann::json;

Words with(Words words, const Words& settings) {
  for (const std::string& setting : settings) words.insert(words.end(), {"--set", setting});
  return words;
}

/// A decode step of LLaMA-7B that sees 144 tokens, as the predictions are for.
Json step(const Words& settings) {
  return pimtlmJson(with({"step", "--model", "llama-7b", "--decode", "144"}, settings))["step"];
}

double tokenRatio(const Words& settings, const Words& base) {
  return step(base)["seconds"].get<double>() / step(settings)["seconds"].get<double>();
}

double bankRatio(const Words& settings, const Words& base) {
  const auto seconds = [](const Words& words) {
    const Json json = step(words);
    return json["units"]["bank_weights"]["busy_seconds"].get<double>();
  };
  return seconds(base) / seconds(settings);
}

struct Prediction {
  Words settings;
  const char* activation;
  double ratio;  ///< predicted; where it was corrected, what was measured, with the reason in
                 ///< docs/compression.md
};

TEST(Compression, IsWorthWhatWasPredictedForAToken) {
  for (const Prediction& p : {
           Prediction{{"weights.sparsity=8"}, "activation.bits=16", 0.83},
           {{"weights.sparsity=4"}, "activation.bits=16", 1.20},
           {{"weights.sparsity=2"}, "activation.bits=16", 1.26},  // predicted 1.34
           {{"weights.sparsity=8"}, "activation.bits=8", 1.17},
           {{"weights.sparsity=4"}, "activation.bits=8", 1.63},
           {{"weights.sparsity=2"}, "activation.bits=8", 1.80},  // predicted 1.89
           {{"weights.sparsity=2", "bank.operand_port_bits=2048"},
            "activation.bits=8",
            2.28},  // predicted 2.37
           {{"weights.bits=3", "bank.mac_lanes=128"}, "activation.bits=8", 1.24},
           {{"weights.bits=3"}, "activation.bits=8", 1.03},  // predicted 1.24, with lanes enough
           {{"weights.mean_bits=3.5", "bank.mac_lanes=128"}, "activation.bits=8", 1.11},
       }) {
    Words settings = p.settings;
    settings.emplace_back(p.activation);
    EXPECT_NEAR(tokenRatio(settings, {p.activation}) / p.ratio, 1, 0.03)
        << p.settings.front() << " " << p.activation << ", expected " << p.ratio;
  }
  // Five bits do not fit beside a cache of 16 bits.
  EXPECT_NEAR(
      tokenRatio({"weights.bits=5", "activation.bits=8", "kv.bits=8"}, {"activation.bits=8", "kv.bits=8"}) /
          0.84,
      1, 0.03);
}

TEST(Compression, IsWorthWhatWasPredictedInTheBank) {
  const Words a8{"activation.bits=8"};
  EXPECT_NEAR(bankRatio({"weights.sparsity=8", "activation.bits=8"}, a8) / 1.22, 1, 0.03);
  EXPECT_NEAR(bankRatio({"weights.sparsity=4", "activation.bits=8"}, a8) / 1.94, 1, 0.03);
  EXPECT_NEAR(
      bankRatio({"weights.sparsity=2", "activation.bits=8", "bank.operand_port_bits=2048"}, a8) / 3.67, 1,
      0.03);
  EXPECT_NEAR(bankRatio({"weights.sparsity=4"}, {}) / 1.24, 1, 0.03);  // predicted 1.27
}

/// A decode token at context 144.
Json tokenOf(const Words& settings) {
  return pimtlmJson(with(
      {"run", "--model", "llama-7b", "--context", "143", "--prompt", "1", "--generate", "2", "--no-advice"},
      settings));
}

// The table of docs/compression.md, "Fused commands".
TEST(Compression, AFusedNormIsWorthItsReadOfTheResidualAndItsRoot) {
  struct Row {
    Words settings;
    double apart, fused;   ///< tokens/s
    const char* memory;    ///< of the activations
    double bytes;          ///< of a token, apart
    double secondsOfNorm;  ///< saved
  };
  for (const Row& row :
       {Row{{}, 480.9, 485.0, "cram", 19.90e6, 0.253e-6},
        Row{{"controller.activations=cmem"}, 459.1, 464.1, "cmem", 20.79e6, 0.386e-6},
        Row{{"controller.activations=cmem", "controller.cmem_bandwidth_gb_per_s=12.8"},
            290.5,
            298.3,
            "cmem",
            20.79e6,
            1.418e-6},
        Row{{"controller.activations=external"}, 293.1, 301.3, "external", 19.97e6, 1.478e-6}}) {
    Words settings = row.settings;
    settings.emplace_back("alu.fuse=residual_norm");
    const Json apart = tokenOf(row.settings), fused = tokenOf(settings);
    EXPECT_NEAR(apart["decode"]["tokens_per_second"].get<double>(), row.apart, 0.2);
    EXPECT_NEAR(fused["decode"]["tokens_per_second"].get<double>(), row.fused, 0.2);
    const auto bytes = [&](const Json& json) { return json["memory"][row.memory]["bytes"].get<double>(); };
    EXPECT_NEAR(bytes(apart), row.bytes, 0.01e6);
    const bool ringIsThere = row.memory == std::string("cram");
    EXPECT_EQ(bytes(apart) - bytes(fused), 64 * (4 * 4096 + (ringIsThere ? 128 : 0)));
    settings.emplace_back("dram.refresh=off");
    Words without = row.settings;
    without.emplace_back("dram.refresh=off");
    const auto seconds = [](const Json& json) { return json["decode"]["seconds_per_token"].get<double>(); };
    EXPECT_NEAR((seconds(tokenOf(without)) - seconds(tokenOf(settings))) / 64, row.secondsOfNorm, 1e-9);
  }
}

TEST(Compression, MakesRoomForTheCache) {
  const auto context = [](const Words& settings) {
    return pimtlmJson(with({"describe", "--model", "llama-7b"}, settings))["capacity"]["max_context"]
        .get<int>();
  };
  EXPECT_EQ(context({}), 1664);
  EXPECT_NEAR(context({"weights.sparsity=4"}), 4800, 0.03 * 4800);
}

TEST(Compression, RefusesInOneLine) {
  const test::TemporaryFolder folder;
  const Words run{"run", "--model", "tiny", "--prompt", "4", "--generate", "2", "--set", "weights.group=32"};
  const auto refused = [&](const Words& settings, const Words& parts) {
    expectRefusal(with(run, settings), parts);
  };
  refused({"weights.bits=6"}, {"weights.bits", "3 or 4 or 5 or 8 or 16, or a file"});
  refused({"weights.sparsity=3"}, {"weights.sparsity", "16 or 8 or 4 or 2"});
  refused({"weights.sparsity=4", "weights.bits=3"}, {"weights.sparsity", "weights.bits=3"});
  refused({"alu.fuse=norm"}, {"alu.fuse", "none or residual_norm"});
  refused({"weights.mean_bits=2"}, {"weights.mean_bits", "0, or 3 to 8"});
  refused({"weights.mean_bits=3.5", "weights.sparsity=4"}, {"weights.mean_bits", "weights.sparsity"});
  refused({"bank.operand_port_bits=2048", "rtl.banks=check"}, {"bank.operand_port_bits", "as in RTL"});
  refused({"weights.bits=5", "rtl.alus=check"}, {"weights.bits", "4 for the embedding, as in RTL"});
  refused({"weights.mean_bits=4.5", "rtl.alus=rtl"}, {"weights.bits", "4 for the embedding, as in RTL"});
  refused({"attention.mask=sliding:0"}, {"attention.mask", "sliding:N", "sliding:0"});
  refused({"attention.mask=sinks:4"}, {"attention.mask", "sinks:A+N"});
  refused({"attention.mask=sliding:64", "mapping.banks_per_head=2"}, {"attention.mask", "banks_per_head=1"});
  refused({"attention.mask=none.csv"}, {"none.csv"});

  const std::string map = folder.path() + "/bits.yaml";
  refused({"weights.bits=" + map}, {map, "expected a file"});
  writeFile(map, "default: 4\nx: 3\n");
  refused({"weights.bits=" + map}, {map + ":2", "layer"});
  writeFile(map, "default: 6\n");
  refused({"weights.bits=" + map}, {map + ":1", "3, 4, 5 or 8 bits"});
  writeFile(map, "1.q: 3\n");
  refused({"weights.bits=" + map}, {"layer 1", "mapping.fuse_qkv=off"});
  const std::string mask = folder.path() + "/mask.csv";
  writeFile(mask, "layer,head,kept_blocks,lower_triangle_rows\n0,0,1,1\n0,1,3,1.3\n");
  refused({"attention.mask=" + mask}, {mask});
  writeFile(mask, "layer,head,kept_blocks,lower_triangle_rows\n0,0,3,1.3\n0,1,2,1.1\n");
  refused({"attention.mask=" + mask}, {mask, "heads 0 and 1"});
}

TEST(Compression, TakesTheBitsOfEachMatrixFromAFile) {
  const test::TemporaryFolder folder;
  const std::string map = folder.path() + "/bits.yaml";
  writeFile(map, "default: 3\ndown: 5\n0.output: 8\nhead: 4\nembedding: 4\n");
  const auto codes = [&](const Words& settings) {
    return pimtlmJson(with({"describe", "--model", "tinyllama-1.1b"}, settings))["capacity"]["weight_codes"]
        .get<double>();
  };
  const double hidden = 2048, mlp = 5632, kv = 256, layers = 22, vocab = 32000;
  const double attention = hidden * hidden + 2 * hidden * kv, output = hidden * hidden,
               gateUp = 2 * hidden * mlp;
  const double expected = layers * (3 * (attention + gateUp) + 5 * hidden * mlp) + (layers - 1) * 3 * output +
                          8 * output + 4 * vocab * hidden;
  EXPECT_EQ(codes({"weights.bits=" + map}), expected / 8);
}

/// Sparse weights of a real checkpoint: packed, loaded again, and the same everywhere.
void expectSameFromImage(const std::string& weights, const Words& job) {
  const test::TemporaryFolder folder;
  const std::string image = folder.path() + "/sparse.pim";
  pimtlmJson({"pack", "--weights", weights, "--image", image, "--set", "weights.sparsity=4"});
  const auto generate = [&](const std::string& from, const Words& more) {
    Words words{"generate", "--weights", from, "--logits", folder.path() + "/l.f32"};
    words.insert(words.end(), job.begin(), job.end());
    words.insert(words.end(), more.begin(), more.end());
    return pimtlmJson(words);
  };
  const Json direct = generate(weights, {"--set", "weights.sparsity=4"}), packed = generate(image, {});
  EXPECT_EQ(direct["logits_sha256"], packed["logits_sha256"]);
  EXPECT_EQ(packed["config"]["weights"]["sparsity"], "4");
  EXPECT_NE(generate(weights, {})["logits_sha256"], packed["logits_sha256"]);
}

TEST(Compression, APackedModelIsThePrunedOne) {
  expectSameFromImage(PIMTLM_ADDER, {"--prompt", "1234+5678="});
}

/// The same 4:16 codes on both machines.
void expectSameOnFpga(const std::string& weights, const Words& job) {
  const test::TemporaryFolder folder;
  const auto on = [&](const Words& machine) {
    Words words{"generate", "--weights",          weights, "--logits", folder.path() + "/l.f32",
                "--set",    "weights.sparsity=4", "--set", "kv.bits=8"};
    words.insert(words.end(), job.begin(), job.end());
    words.insert(words.end(), machine.begin(), machine.end());
    return pimtlmJson(words);
  };
  const Json chip = on({"--set", "activation.bits=8"}), fpga = on({"--preset", "flightllm-u280"});
  EXPECT_EQ(chip["tokens"], fpga["tokens"]);
  EXPECT_GT(chip["tokens"].size(), 1U);
  EXPECT_EQ(chip["logits_sha256"], fpga["logits_sha256"]);
}

TEST(Compression, SparseCodesGiveTheSameOnTheFpga) {
  expectSameOnFpga(PIMTLM_ADDER, {"--prompt", "1234+5678="});
  const std::string stories = sharedModels() + "stories260K-h192-q4_0-pure.gguf";
  if (!std::filesystem::exists(stories)) GTEST_SKIP() << stories << " is not there";
  expectSameOnFpga(stories, {"--prompt-ids", "1,403,407", "--generate", "24"});
}

TEST(Compression, AMaskTakesTheKeptShareOfTheCachesTime) {
  const auto cacheSeconds = [](const Words& settings) {
    return pimtlmJson(with({"step", "--model", "llama-7b", "--decode", "1024"},
                           settings))["step"]["units"]["bank_kv"]["busy_seconds"]
        .get<double>();
  };
  // The last of 16 blocks sees its own, the four before it, and the first; STORE is what it was.
  const double dense = cacheSeconds({});
  EXPECT_NEAR(cacheSeconds({"attention.mask=sinks:64+256"}) / dense, 6.0 / 16, 0.02);
  EXPECT_NEAR(cacheSeconds({"attention.mask=sliding:256"}) / dense, 5.0 / 16, 0.02);
  EXPECT_NEAR(cacheSeconds({"attention.mask=sliding:512"}) / dense, 9.0 / 16, 0.02);
  EXPECT_NEAR(cacheSeconds({"attention.mask=strided:4"}) / dense, 5.0 / 16, 0.02);
  // The table of the mask moves what lies behind it in the Controller's memory.
  EXPECT_NEAR(cacheSeconds({"attention.mask=sliding:256", "attention.phase=prefill"}) / dense, 1, 1e-3);
}

}  // namespace
}  // namespace pim::cli
