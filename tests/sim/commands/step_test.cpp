// One decode step or prefill on each kind of machine.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/sim/commands/pimtlm.h"
#include "tests/sim/commands/shared_models.h"
#include "tests/support/temporary_folder.h"

namespace pim::cli {
namespace {

using Json = nlohmann::json;

Json step(const Words& words) {
  Words all{"step"};
  all.insert(all.end(), words.begin(), words.end());
  return pimtlmJson(all)["step"];
}

TEST(Step, OfTheFpgaIsThePublishedRow) {
  const Json s = step({"--decode", "144", "--preset", "flightllm-vhk158-published"});
  EXPECT_EQ(s["kind"], "decode");
  EXPECT_EQ(s["tokens"], 144);
  EXPECT_EQ(s["bound_by"], "MV");
  EXPECT_NEAR(s["seconds"].get<double>(), 9.281941e-3, 1e-9);
  EXPECT_EQ(s["units"]["LD"]["count"], 89554);
  EXPECT_NEAR(s["units"]["LD"]["busy_seconds"].get<double>(), 6.704711e-3, 1e-9);
  EXPECT_EQ(s["units"]["MM"]["count"], 0);
  EXPECT_EQ(s["units"].size(), 6U);
  EXPECT_EQ(s["instruction_bytes"], 2710020);
}

TEST(Step, APrefillTakesAMaskFromAFile) {
  const std::string masks = sharedModels() + "../reference/flightllm/masks_512.csv";
  if (!std::filesystem::exists(masks)) GTEST_SKIP() << masks << " is not there";
  const Json s = step(
      {"--prefill", "512", "--preset", "flightllm-vhk158-published", "--set", "attention.mask=" + masks});
  EXPECT_NEAR(s["seconds"].get<double>(), 1181.419e-3, 1e-6);
  expectRefusal(
      {"step", "--prefill", "513", "--preset", "flightllm-u280", "--set", "attention.mask=" + masks},
      {"masks_512.csv", "513 tokens", "512 tokens"});
}

TEST(Step, EachSwitchIsAKey) {
  const Words honest{"--decode", "144", "--preset", "flightllm-vhk158", "--set", "fpga.speedup=4"};
  const double published = 9.281941e-3;
  EXPECT_NEAR(step(honest)["seconds"].get<double>() / published - 1, -0.222, 0.0005);
  EXPECT_NEAR(step({"--decode", "144", "--preset", "flightllm-vhk158-published", "--set", "fpga.speedup=4",
                    "--set", "fpga.bandwidth_unit=GB", "--set", "fpga.cache_reload=off", "--set",
                    "fpga.output_padding=off"})["seconds"]
                          .get<double>() /
                      published -
                  1,
              -0.222, 0.0005);
}

TEST(Step, OfTheU280IsNearTheMeasuredOnes) {
  EXPECT_NEAR(step({"--decode", "128", "--preset", "flightllm-u280"})["seconds"].get<double>(), 17.506e-3,
              0.5e-3);
  EXPECT_NEAR(step({"--decode", "512", "--preset", "flightllm-u280"})["seconds"].get<double>(), 18.990e-3,
              0.5e-3);
}

TEST(Step, OfTheChipIsThatOfARun) {
  const Json run = pimtlmJson({"run", "--model", "llama-7b", "--prompt", "127", "--generate", "2"});
  const Json s = step({"--decode", "128"});
  // The refreshes of a step fall differently behind another prefill.
  const double seconds = run["decode"]["seconds"], weights = run["components"]["bank_weights"]["busy"];
  EXPECT_NEAR(s["seconds"].get<double>(), seconds, 1e-3 * seconds);
  EXPECT_EQ(s["bound_by"], run["decode"]["bound_by"]);
  EXPECT_NEAR(s["units"]["bank_weights"]["busy_seconds"].get<double>(), weights, 1e-3 * weights);
  EXPECT_DOUBLE_EQ(step({"--prefill", "127"})["seconds"].get<double>(),
                   run["prefill"]["seconds"].get<double>());
}

TEST(Step, OfThePhoneIsAListOfKernels) {
  const Json fused = step({"--decode", "128", "--preset", "phone-8gen2"});
  EXPECT_EQ(fused["kernels"], 388);
  EXPECT_EQ(fused["bound_by"], "memory");
  EXPECT_NEAR(1 / fused["seconds"].get<double>(), 6.7, 0.067);
  EXPECT_NEAR(fused["model_bytes"].get<double>(), 3.695e9, 0.005 * 3.695e9);
  const Json unfused = step({"--decode", "128", "--preset", "phone-8gen2", "--set", "phone.fuse_qkv=off",
                             "--set", "phone.fuse_attention=off", "--set", "phone.fuse_residual_norm=off"});
  EXPECT_EQ(unfused["kernels"], 676);
  EXPECT_NEAR(1 / unfused["seconds"].get<double>(), 6.51, 0.065);
}

TEST(Step, OfThePhonesCpuIsBoundByOperationsOrMemory) {
  const auto cpu = [](const Words& more) { return step(Words{"--preset", "phone-8gen2-llamacpp"} + more); };
  const Words decode{"--decode", "128"};
  const Json fitted = cpu(decode);
  EXPECT_NEAR(1 / fitted["seconds"].get<double>(), 3.2, 0.032);
  EXPECT_EQ(fitted["bound_by"], "compute");
  // Without a limit on operations, the bytes take their time at the attainable bandwidth.
  const Json fast = cpu(decode + Words{"--set", "phone.cpu_gmac_per_s=100000"});
  const double bytes = fast["memory_bytes"];
  EXPECT_NEAR(fast["seconds"].get<double>(), bytes / (67.2e9 * 0.64), 1e-3 * bytes / (67.2e9 * 0.64));
  EXPECT_EQ(fast["bound_by"], "memory");
  const Json slow = cpu(decode + Words{"--set", "phone.memory_bandwidth_gb_per_s=1"});
  EXPECT_NEAR(slow["seconds"].get<double>(), bytes / 0.64e9, 1e-3 * bytes / 0.64e9);
  // Twice the bandwidth does not help the fitted rate.
  EXPECT_NEAR(cpu(decode + Words{"--set", "phone.memory_bandwidth_gb_per_s=134.4"})["seconds"].get<double>(),
              fitted["seconds"].get<double>(), 1e-3 * fitted["seconds"].get<double>());
  // A prefill reads the weights once; each token attends to those before it, and only the last one needs the
  // head.
  const Json prefill = cpu({"--prefill", "64", "--set", "phone.cpu_gmac_per_s=100000"});
  EXPECT_LT(prefill["memory_bytes"].get<double>(), 1.5 * bytes);
  EXPECT_LT(cpu({"--prefill", "64"})["seconds"].get<double>(), 64 * fitted["seconds"].get<double>());
}

// What does not fit into the memory of the machine has no time.
TEST(Step, OfAModelThatDoesNotFitIsRefused) {
  const auto on = [](const std::string& preset, const Words& more) {
    return Words{"step", "--preset", preset} + more;
  };
  const Words large{"--model", "llama-2-70b", "--decode", "128"};
  expectRefusal(on("flightllm-u280", large),
                {"llama-2-70b does not fit with a context of 128 tokens: fpga.hbm_gib=8 is short of",
                 "weights 33", "KV cache 20971520", "HBM 8589934592", "fpga.hbm_gib=32"});
  EXPECT_EQ(pimtlm(on("flightllm-u280", large + Words{"--set", "fpga.hbm_gib=32"})).status, 0);
  expectRefusal(on("flightllm-u280", large + Words{"--set", "fpga.hbm_gib=31"}), {"fpga.hbm_gib=31"});
  expectRefusal(on("phone-8gen2", large),
                {"llama-2-70b does not fit with a context of 128 tokens: phone.memory_gib=16 is short of",
                 "weights 36", "KV cache 41943040", "memory 17179869184", "phone.memory_gib=34"});
  EXPECT_EQ(pimtlm(on("phone-8gen2", large + Words{"--set", "phone.memory_gib=34"})).status, 0);
  expectRefusal(on("phone-8gen2-llamacpp", large), {"phone.memory_gib=16"});
  for (const char* kind : {"--decode", "--prefill"})
    expectRefusal(on("phone-8gen2", {kind, "1048576"}),
                  {"context of 1048576 tokens", "KV cache 549755813888", "a context of at most 2"});
  // The width of the codes, and the share of them that is kept with an index of 4 bits.
  expectRefusal(on("flightllm-u280", {"--decode", "128", "--set", "weights.bits=16"}), {"fpga.hbm_gib=12"});
  const Words sparse{"--decode", "128", "--set", "weights.bits=8", "--set", "fpga.hbm_gib=4", "--set"};
  expectRefusal(on("flightllm-u280", sparse + Words{"weights.sparsity=16"}), {"weights 6"});
  EXPECT_EQ(pimtlm(on("flightllm-u280", sparse + Words{"weights.sparsity=4"})).status, 0);
  // Nothing is written for it, either.
  const test::TemporaryFolder folder;
  for (const char* option : {"--dump", "--timeline"})
    expectRefusal(on("flightllm-u280", large + Words{option, folder.path("file")}), {"fpga.hbm_gib=8"});
  EXPECT_FALSE(std::filesystem::exists(folder.path("file")));
}

TEST(Step, RefusesWhatMakesNoSense) {
  expectRefusal({"step"}, {"--decode", "--prefill"});
  expectRefusal({"step", "--decode", "8", "--prefill", "8"}, {"one of --decode and --prefill"});
  expectRefusal({"step", "--decode", "0"}, {"--decode", "from 1 to"});
  expectRefusal({"step", "--decode", "1"}, {"--decode", "at least 2"});
  expectRefusal({"step", "--decode", "4096", "--preset", "flightllm-u280"}, {"fpga.a_buffer_depth", "4096"});
  expectRefusal({"step", "--prefill", "8", "--preset", "flightllm-u280", "--set", "attention.mask=none.csv"},
                {"none.csv", "can be read"});
  for (const char* command : {"gemv", "analyze", "perplexity", "pack"}) {
    Words words{command, "--preset", "flightllm-u280"};
    if (command == std::string("gemv")) words.insert(words.end(), {"--rows", "64", "--cols", "64"});
    if (command == std::string("analyze")) words.insert(words.end(), {"--model", "tiny", "--context", "64"});
    if (command == std::string("perplexity") || command == std::string("pack"))
      words.insert(words.end(), {"--weights", PIMTLM_ADDER});
    if (command == std::string("perplexity")) words.insert(words.end(), {"--text", PIMTLM_ADDER});
    if (command == std::string("pack")) words.insert(words.end(), {"--image", "none.pim"});
    expectRefusal(words, {command, "expected machine: pim", "flightllm-u280 is machine: fpga"});
  }
}

}  // namespace
}  // namespace pim::cli
