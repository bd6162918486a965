// run, generate, describe and compare across the three kinds of machines.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <tuple>

#include "tests/sim/commands/pimtlm.h"
#include "tests/sim/commands/shared_models.h"
#include "tests/support/temporary_folder.h"

namespace pim::cli {
namespace {

using Json = nlohmann::json;

TEST(Machines, ARunOfTheFpgaSumsItsStairs) {
  const Json run = pimtlmJson({"run", "--model", "llama-7b", "--prompt", "128", "--generate", "513",
                               "--preset", "flightllm-vhk158-published"});
  EXPECT_EQ(run["decode"]["tokens"], 512);
  EXPECT_NEAR(run["decode"]["seconds"].get<double>(), 4.9464, 4.9464e-4);
  EXPECT_NEAR(run["prefill"]["seconds"].get<double>(), 0.289882369, 1e-8);
  EXPECT_EQ(run["decode"]["bound_by"], "MV");
  EXPECT_FALSE(run.contains("energy")) << "its power is not known";
  EXPECT_FALSE(run.contains("cost"));
  EXPECT_NE(run["assumptions"].dump().find("fitted by its authors, not measured"), std::string::npos);
  const Json counted =
      pimtlmJson({"run", "--model", "llama-7b", "--prompt", "128", "--generate", "512", "--preset",
                  "flightllm-vhk158-published"})["decode"]["first_token_as_a_step"];
  EXPECT_EQ(counted["tokens"], 512);
  const Json longest = pimtlmJson({"run", "--model", "llama-7b", "--prompt", "512", "--generate", "1537",
                                   "--preset", "flightllm-vhk158-published"});
  EXPECT_NEAR(longest["decode"]["seconds"].get<double>(), 17.0443, 17.0443e-4)
      << "up to the last token that fits";
  EXPECT_NEAR(counted["seconds"].get<double>(), 4.9464, 4.9464e-4) << "as FlightLLM counts";
}

// (55 / 45) / (45 / 220), (55 / 8000) / (45 / 12000) and their like from cited figures.
TEST(Machines, EnergyAndCostWhereTheyAreKnown) {
  const Json run = pimtlmJson(
      {"run", "--model", "llama-7b", "--prompt", "128", "--generate", "2", "--preset", "flightllm-u280"});
  const double rate = run["decode"]["tokens_per_second"];
  EXPECT_NEAR(rate, 1 / 17.7e-3, 0.5);
  EXPECT_DOUBLE_EQ(run["energy"]["tokens_per_joule"].get<double>(), rate / 45);
  EXPECT_EQ(run["energy"]["covers"], "board");
  EXPECT_DOUBLE_EQ(run["cost"]["tokens_per_second_per_1000_dollars"].get<double>(), rate / 8);
  EXPECT_NEAR(run["published"][0]["error"].get<double>(), rate / 55 - 1, 1e-9);
}

TEST(Machines, CompareAnswersInItsFirstSentence) {
  const test::TemporaryFolder folder;
  const auto file = [&](const std::string& name) { return folder.path() + "/" + name + ".json"; };
  for (const std::string preset : {"aim8", "flightllm-u280", "phone-8gen2"}) {
    const Outcome outcome = pimtlm({"run", "--model", "llama-7b", "--prompt", "128", "--generate", "2",
                                    "--preset", preset, "--json", file(preset), "--quiet"});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
  }
  const Words words{"compare", file("flightllm-u280"), file("aim8"), file("phone-8gen2")};
  const Json compare = pimtlmJson(words)["compare"];
  ASSERT_EQ(compare["machines"].size(), 3U);
  const std::string answer = compare["summary"][0];
  EXPECT_EQ(answer.rfind("aim8 decodes fastest", 0), 0U) << answer;
  EXPECT_EQ(compare["machines"][0]["power_covers"], "board");
  EXPECT_TRUE(compare["machines"][0].contains("tokens_per_second_per_1000_dollars"));
  EXPECT_EQ(compare["machines"][1]["power_covers"], "chip, model");
  EXPECT_FALSE(compare["machines"][1].contains("tokens_per_second_per_1000_dollars"));
  EXPECT_FALSE(compare["machines"][2].contains("joules_per_token"));
  EXPECT_EQ(compare["machines"][2]["bound_by"], "memory");
  EXPECT_EQ(compare["machines"][2]["published_fitted"], true);
  EXPECT_FALSE(compare["machines"][0].contains("published_fitted"));
  for (const Json& setting : compare["settings"])
    EXPECT_EQ(setting["values"].size(), 3U) << setting << ": of one kind of machine alone";
  EXPECT_LT(compare["settings"].size(), 10U);
  EXPECT_EQ(compare["cited"][0]["machine"], "U280, FlightLLM");
  EXPECT_NEAR(compare["cited"][0]["tokens_per_joule"].get<double>(), 1.22, 0.0122);
  EXPECT_GE(compare["conflicts"].size(), 10U);
  const std::string table = pimtlm(words).out;
  EXPECT_EQ(table.rfind("aim8 decodes fastest", 0), 0U) << table;
  EXPECT_NE(table.find("V100S, vLLM with SmoothQuant"), std::string::npos);
  EXPECT_NE(table.find("never measured"), std::string::npos);
}

TEST(Machines, AreSolvedAndTurnedLikeTheChip) {
  const Words job{"--model", "llama-7b", "--decode", "512"};
  const auto with = [&](Words words, const Words& more) {
    words.insert(words.end(), job.begin(), job.end());
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  const Json solved = pimtlmJson(
      with({"solve", "--preset", "flightllm-u280"}, {"--target", "decode.tokens_per_second>=60", "--free",
                                                     "fpga.hbm_bandwidth_gib_per_s=400,460,520,580,640",
                                                     "--minimise", "fpga.hbm_bandwidth_gib_per_s"}))["solve"];
  EXPECT_EQ(solved["solved"], true);
  const std::string bandwidth = solved["design"]["fpga.hbm_bandwidth_gib_per_s"];
  const auto rate = [&](const std::string& value) {
    return pimtlmJson({"step", "--preset", "flightllm-u280", "--model", "llama-7b", "--decode", "512",
                       "--set", "fpga.hbm_bandwidth_gib_per_s=" + value})["step"]["seconds"]
        .get<double>();
  };
  EXPECT_LE(rate(bandwidth), 1 / 60.0);
  EXPECT_GT(rate(std::to_string(std::stoi(bandwidth) - 60)), 1 / 60.0);

  for (const auto& [preset, first] :
       {std::pair<const char*, const char*>{"flightllm-u280", "fpga.hbm_bandwidth_gib_per_s"},
        {"phone-8gen2", "phone.memory_bandwidth_gb_per_s"}}) {
    const Words words = with({"sensitivity", "--preset", preset}, {});
    EXPECT_EQ(pimtlmJson(words)["sensitivity"]["keys"][0]["key"], first);
    EXPECT_EQ(pimtlm(words).out.find("nan"), std::string::npos);
  }
  expectRefusal(with({"solve", "--preset", "phone-8gen2"},
                     {"--target", "decode.tokens_per_second>=10", "--free",
                      "phone.memory_bandwidth_gb_per_s=60,90,120", "--minimise", "fpga.cores"}),
                {"--minimise", "fpga.cores", "phone-8gen2"});
}

// run, sweep, solve and sensitivity know the capacity, too.
TEST(Machines, AModelThatDoesNotFitIsRefusedEverywhere) {
  const Words large{"--model", "llama-2-70b", "--preset", "flightllm-u280"};
  expectRefusal(Words{"run"} + large + Words{"--prompt", "8", "--generate", "2"},
                {"fpga.hbm_gib=8 is short"});
  expectRefusal(
      {"run", "--model", "llama-7b", "--preset", "phone-8gen2", "--prompt", "8", "--generate", "100000"},
      {"a context of 100007 tokens", "phone.memory_gib=16 is short"});
  expectRefusal(Words{"sensitivity"} + large + Words{"--decode", "128"}, {"fpga.hbm_gib=8 is short"});

  const test::TemporaryFolder folder;
  const Outcome sweep =
      pimtlm(Words{"sweep"} + large +
             Words{"--decode", "128", "--vary", "fpga.hbm_gib=8,64", "--quiet", "--out", folder.path("out")});
  ASSERT_EQ(sweep.status, 0) << sweep.err;
  const std::string rows = folder.read("out/points.csv");
  EXPECT_NE(rows.find("0,8,refused,"), std::string::npos) << rows;
  EXPECT_NE(rows.find("fpga.hbm_gib=8 is short of"), std::string::npos) << rows;
  EXPECT_NE(rows.find("1,64,ok,"), std::string::npos) << rows;

  const Json solved = pimtlmJson(Words{"solve"} + large +
                                 Words{"--decode", "128", "--target", "decode.tokens_per_second>=1", "--free",
                                       "fpga.hbm_gib=8,16,32,64", "--minimise", "fpga.hbm_gib"})["solve"];
  EXPECT_EQ(solved["design"]["fpga.hbm_gib"], "32");
  ASSERT_EQ(solved["evidence"].size(), 1U);
  EXPECT_NE(solved["evidence"][0]["reason"].get<std::string>().find("fpga.hbm_gib=16 is short"),
            std::string::npos);
}

/// Runs a sweep of a plan file into `folder` and returns its table of points.
std::string pointsOf(const test::TemporaryFolder& folder, const std::string& plan) {
  writeFile(folder.path("plan.yaml"), plan);
  std::filesystem::remove_all(folder.path("out"));
  const Outcome sweep =
      pimtlm({"sweep", "--plan", folder.path("plan.yaml"), "--quiet", "--out", folder.path("out")});
  EXPECT_EQ(sweep.status, 0) << sweep.err;
  return sweep.status == 0 ? folder.read("out/points.csv") : "";
}

// docs/configuration.md: the default base of `machine: fpga` is flightllm-vhk158-published.
TEST(Machines, APlanThatNamesAMachineBeginsWithItsRootPreset) {
  const test::TemporaryFolder folder;
  const auto withoutNumber = [](const std::string& rows) { return rows.substr(rows.find('\n')); };
  for (const auto& [machine, preset, key] :
       {std::tuple{"fpga", "flightllm-vhk158-published", "fpga.clock_mhz=225"},
        {"phone", "phone-8gen2", "phone.sync_ms=0.4"}}) {
    const std::string name = std::string(key).substr(0, std::string(key).find('='));
    const std::string value = std::string(key).substr(name.size() + 1);
    const std::string job = "model: llama-7b\ndecode: 128\ngrid: {" + name + ": [" + value + "]}\n";
    const std::string named = pointsOf(folder, std::string("config: {machine: ") + machine + "}\n" + job);
    EXPECT_NE(named.find(",ok,"), std::string::npos) << named;
    EXPECT_EQ(withoutNumber(named),
              withoutNumber(pointsOf(folder, std::string("preset: ") + preset + "\n" + job)));
    EXPECT_EQ(pointsOf(folder, job + "config: {machine: " + machine + "}\npreset: " + preset + "\n"), named)
        << "in any order";
  }
  const std::string more = pointsOf(
      folder, "config: {machine: fpga, fpga: {cores: 2}}\nmodel: llama-7b\ngrid: {decode: [64, 128]}\n");
  EXPECT_NE(more.find("1,128,ok,"), std::string::npos) << more;
  writeFile(folder.path("plan.yaml"),
            "preset: phone-8gen2\nconfig: {machine: fpga}\nmodel: llama-7b\ngrid: {decode: [64]}\n");
  expectRefusal({"sweep", "--plan", folder.path("plan.yaml"), "--out", folder.path("none")},
                {"plan.yaml:2: machine: expected phone, as in its base, got 'fpga'"});
}

TEST(Machines, AMachineDoesNotVaryWithoutItsPreset) {
  const test::TemporaryFolder folder;
  const Words job{"--model", "llama-7b", "--decode", "128"}, target{"--target", "decode.seconds<=1"};
  for (const char* machines : {"machine=pim,fpga,phone", "machine=fpga", "machine=1..3:lin3"})
    expectRefusal(Words{"sweep"} + job + Words{"--vary", machines, "--out", folder.path("out")},
                  {"--vary: machine: expected preset in its place"});
  expectRefusal(Words{"solve"} + job + target + Words{"--free", "machine=pim,fpga"},
                {"--free: machine: expected preset in its place"});
  writeFile(folder.path("plan.yaml"), "model: llama-7b\ngrid: {machine: [pim, fpga]}\n");
  expectRefusal({"sweep", "--plan", folder.path("plan.yaml"), "--out", folder.path("out")},
                {"plan.yaml:2: machine: expected preset in its place"});
  expectRefusal(Words{"sensitivity"} + job + Words{"--set", "machine=fpga"},
                {"expected pim, as in its base"});
}

TEST(Machines, KeysOfAnotherMachineAreRefusedEverywhere) {
  const test::TemporaryFolder folder;
  const Words job{"--model", "llama-7b", "--decode", "128"}, target{"--target", "decode.seconds<=1"};
  const Words out{"--out", folder.path("out")};
  const std::string phoneOnPim = "phone.sync_ms: expected a key of machine: pim, found one of machine: phone";
  const std::string fpgaOnPim = "fpga.cores: expected a key of machine: pim, found one of machine: fpga";
  expectRefusal(
      Words{"run", "--model", "llama-7b", "--prompt", "8", "--generate", "2", "--set", "phone.sync_ms=1"},
      {"--set: " + phoneOnPim});
  expectRefusal(Words{"sweep"} + job + Words{"--vary", "phone.sync_ms=0.1,1"} + out,
                {"--vary: " + phoneOnPim});
  expectRefusal(
      Words{"sweep"} + job + Words{"--preset", "flightllm-u280", "--vary", "dram.t_ccd_ns=1,4"} + out,
      {"--vary: dram.t_ccd_ns: expected a key of machine: fpga, found one of machine: pim"});
  expectRefusal(Words{"solve"} + job + target + Words{"--free", "fpga.cores=1..4"}, {"--free: " + fpgaOnPim});
  const auto plan = [&](const std::string& yaml) {
    writeFile(folder.path("plan.yaml"), "model: llama-7b\n" + yaml);
    return Words{"sweep", "--plan", folder.path("plan.yaml")};
  };
  expectRefusal(plan("grid: {phone.sync_ms: [0.1, 1]}\n") + out, {"plan.yaml: " + phoneOnPim});
  expectRefusal(plan("paired: {phone.sync_ms: [0.1, 1]}\n") + out, {"plan.yaml: " + phoneOnPim});
  expectRefusal(plan("random: {samples: 2, keys: {phone.sync_ms: 0.1..1:lin}}\n") + out,
                {"plan.yaml: " + phoneOnPim});
  expectRefusal(plan("config: {fpga: {cores: 2}}\ngrid: {decode: [64]}\n") + out,
                {"plan.yaml:2: " + fpgaOnPim});
  // The machine of the command line counts, not that of the plan.
  const Outcome sweep = pimtlm(plan("grid: {phone.sync_ms: [0.1, 1]}\n") +
                               Words{"--preset", "phone-8gen2", "--decode", "128", "--quiet"} + out);
  EXPECT_EQ(sweep.status, 0) << sweep.err;
  // A varied preset varies the machine.
  const Outcome both = pimtlm(Words{"sweep"} + job +
                              Words{"--vary", "preset=phone-8gen2,flightllm-u280", "--vary",
                                    "phone.sync_ms=0.1,1", "--quiet", "--out", folder.path("both")});
  EXPECT_EQ(both.status, 0) << both.err;
}

TEST(Machines, DescribeCountsTheInstructionMemory) {
  const Json memory = pimtlmJson(
      {"describe", "--model", "llama-7b", "--preset", "flightllm-vhk158-published"})["instruction_memory"];
  EXPECT_EQ(memory["decode_1024_bytes"], 2955780);
  EXPECT_NEAR(memory["ratio_shared_by_cores"].get<double>(), 4 * memory["ratio"].get<double>(), 1e-9);
  const Json phone = pimtlmJson({"describe", "--model", "llama-7b", "--preset", "phone-8gen2"});
  EXPECT_NEAR(phone["capacity"]["model"].get<double>(), 3.695e9, 0.005 * 3.695e9);
}

/// Tokens and logits of a generation on the chip and on the FPGA, with the same formats.
void expectSameOnBoth(const Words& job, const std::string& kvBits) {
  const auto on = [&](const std::string& preset, const Words& more) {
    Words words{"generate", "--preset", preset, "--set", "kv.bits=" + kvBits};
    words.insert(words.end(), job.begin(), job.end());
    words.insert(words.end(), more.begin(), more.end());
    const test::TemporaryFolder folder;
    words.insert(words.end(), {"--logits", folder.path() + "/logits.f32"});
    return pimtlmJson(words);
  };
  const Json chip = on("aim8", {"--set", "activation.bits=8"}), fpga = on("flightllm-u280", {});
  EXPECT_EQ(chip["tokens"], fpga["tokens"]);
  EXPECT_GT(chip["tokens"].size(), 1U);
  EXPECT_EQ(chip["logits_sha256"], fpga["logits_sha256"]);
}

TEST(Machines, TheAdderComputesTheSameOnBoth) {
  for (const std::string kvBits : {"8", "16"})
    expectSameOnBoth({"--weights", PIMTLM_ADDER, "--prompt", "1234+5678="}, kvBits);
}

TEST(Machines, StoriesAreTheSameOnBoth) {
  const std::string model = sharedModels() + "stories260K-h192-q4_0-pure.gguf";
  if (!std::filesystem::exists(model)) GTEST_SKIP() << model << " is not there";
  expectSameOnBoth({"--weights", model, "--prompt-ids", "1,403,407", "--generate", "24"}, "8");
}

TEST(Machines, ProgramsAreDumpedAndTimed) {
  const test::TemporaryFolder folder;
  const std::string file = folder.path() + "/program.txt";
  const Json step =
      pimtlmJson({"step", "--decode", "144", "--preset", "flightllm-u280", "--dump", file})["step"];
  const Json again = pimtlmJson({"step", "--program", file, "--preset", "flightllm-u280"})["step"];
  EXPECT_EQ(step["seconds"], again["seconds"]);
  EXPECT_EQ(step["units"], again["units"]);
  writeFile(file, "pimtlm-fpga-program 1\noperator q 0\nMV - 1 wait=LD\n");
  expectRefusal({"step", "--program", file, "--preset", "flightllm-u280"},
                {"program.txt", "operator 1", "MV waits"});
  writeFile(file, "pimtlm-fpga-program 1\noperator q 0\nLD one 1 give=MV\n");
  expectRefusal({"step", "--program", file, "--preset", "flightllm-u280"}, {"program.txt", "leaves tokens"});
  expectRefusal({"step", "--program", file}, {"--program", "machine: fpga"});
}

TEST(Machines, ATimelineHasATrackPerUnit) {
  const test::TemporaryFolder folder;
  const std::string file = folder.path("timeline.json");
  const Json step =
      pimtlmJson({"step", "--decode", "16", "--preset", "flightllm-u280", "--timeline", file})["step"];
  const Json trace = Json::parse(readFile(file));
  std::map<std::string, std::size_t> begun;
  double end = 0;
  for (const Json& event : trace["traceEvents"]) {
    if (event["ph"] == "B") ++begun[event["cat"]];
    if (event["ph"] == "E") end = std::max(end, event["ts"].get<double>());
  }
  for (const std::string unit : {"LD", "ST", "MV", "MISC", "SYS"})
    EXPECT_EQ(begun[unit], step["units"][unit]["count"]) << unit;
  EXPECT_NEAR(end * 1e-6, step["seconds"].get<double>(), 1e-9);
  expectRefusal({"step", "--decode", "16", "--timeline", file}, {"--timeline", "machine: fpga"});
}

TEST(Machines, AStepPrintsWhatItIsHeldAgainst) {
  const Json checks =
      pimtlmJson({"step", "--decode", "2048", "--preset", "flightllm-vhk158"})["step"]["checks"];
  ASSERT_EQ(checks.size(), 5U);
  EXPECT_NEAR(checks[1]["error"].get<double>(), -0.200, 0.0005);
  EXPECT_NEAR(checks[4]["error"].get<double>(), -0.330, 0.0005);
  const Json board = pimtlmJson({"step", "--decode", "128", "--preset", "flightllm-u280"})["step"]["checks"];
  ASSERT_EQ(board.size(), 3U);
  EXPECT_NEAR(board[0]["error"].get<double>(), 0.009, 0.001);
  EXPECT_NEAR(board[2]["error"].get<double>(), -0.21, 0.005);
}

TEST(Machines, WhatMakesNoSenseIsRefused) {
  const Words run{"run",        "--model", "llama-7b", "--prompt",      "8",
                  "--generate", "8",       "--preset", "flightllm-u280"};
  const auto with = [](Words words, const Words& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  expectRefusal(with(run, {"--functional"}), {"--functional", "machine: pim"});
  expectRefusal(with(run, {"--timeline", "t.json"}), {"--timeline", "machine: pim"});
  expectRefusal(with(run, {"--context", "4"}), {"--context"});
  expectRefusal(
      {"run", "--model", "llama-7b", "--prompt", "2040", "--generate", "80", "--preset", "flightllm-u280"},
      {"fpga.a_buffer_depth"});
  expectRefusal({"generate", "--weights", PIMTLM_ADDER, "--prompt", "1+1=", "--preset", "phone-8gen2"},
                {"machine: pim or fpga", "machine: phone"});
  expectRefusal({"generate", "--weights", PIMTLM_ADDER, "--prompt", "1+1=", "--preset", "flightllm-u280",
                 "--temperature", "1"},
                {"--temperature"});
}

}  // namespace
}  // namespace pim::cli
