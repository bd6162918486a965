// Questions about a design: the mapping that is looked for, what helps most, area, which machine is ahead.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

#include "tests/sim/commands/pimtlm.h"
#include "tests/support/temporary_folder.h"

namespace pim::cli {
namespace {

using Json = nlohmann::json;

/// points.csv of a sweep: of each row, the fields by column. Fields with commas are none of ours.
std::vector<std::map<std::string, std::string>> rowsOf(const std::string& csv) {
  std::istringstream lines(csv);
  std::vector<std::string> head;
  std::vector<std::map<std::string, std::string>> rows;
  for (std::string line; std::getline(lines, line);) {
    std::vector<std::string> fields;
    std::istringstream cells(line);
    for (std::string cell; std::getline(cells, cell, ',');) fields.push_back(cell);
    if (head.empty()) {
      head = fields;
      continue;
    }
    rows.emplace_back();
    for (std::size_t i = 0; i < std::min(head.size(), fields.size()); ++i) rows.back()[head[i]] = fields[i];
  }
  return rows;
}

const Words kStep{"--context", "62", "--prompt", "1", "--generate", "2"};
// Two banks per head suit this chip better than the one that is configured.
const Words kChip{"--model", "tiny", "--set", "weights.group=32", "--set", "link.exchange_latency_ns=10"};

TEST(AutoMapping, ARunTakesWhatASweepWithTheBestMappingChooses) {
  const test::TemporaryFolder folder;
  const Words words = kChip + Words{"--set", "chip.dies=2", "--set", "chip.banks_per_die=4"};
  const Outcome sweep = pimtlm(Words{"sweep"} + words +
                               Words{"--decode", "64", "--map", "best", "--vary", "chip.dies=2", "--quiet",
                                     "--out", folder.path("out")});
  ASSERT_EQ(sweep.status, 0) << sweep.err;
  const auto best = rowsOf(folder.read("out/points.csv")).at(0);
  const Json given = pimtlmJson(Words{"run"} + words + kStep);
  const Json run = pimtlmJson(Words{"run"} + words + kStep + Words{"--set", "mapping=auto"});
  EXPECT_EQ(fmt::format("{}", run["decode"]["tokens_per_second"].get<double>()),
            best.at("decode.tokens_per_second"));
  EXPECT_GE(run["decode"]["tokens_per_second"], given["decode"]["tokens_per_second"]);
  // The result says what ran, and running that gives the same.
  EXPECT_EQ(run["config"]["mapping"]["auto"], false);
  EXPECT_EQ(run["config"]["mapping"]["banks_per_head"].dump(), best.at("mapping.banks_per_head"));
  Words chosen;
  for (const char* key : {"mapping.weights", "mapping.banks_per_head", "schedule.program",
                          "mapping.token_tile", "schedule.tiles_in_flight"})
    chosen = chosen + Words{"--set", fmt::format("{}={}", key, best.at(key))};
  for (const char* key : {"mapping.fuse_qkv", "mapping.fuse_gate_up", "schedule.overlap"})
    chosen = chosen + Words{"--set", fmt::format("{}={}", key, best.at(key) == "true" ? "on" : "off")};
  EXPECT_EQ(pimtlmJson(Words{"run"} + words + kStep + chosen)["decode"], run["decode"]);
  // The same from a file, and of one step.
  std::ofstream(folder.path("auto.yaml")) << "base: aim8\nweights: {group: 32}\nchip: {dies: 2, "
                                             "banks_per_die: 4}\nlink: {exchange_latency_ns: 10}\n"
                                             "mapping: auto\n";
  const Json file = pimtlmJson(Words{"run", "--model", "tiny", "--config", folder.path("auto.yaml")} + kStep);
  EXPECT_EQ(file["decode"], run["decode"]);
  const Json step = pimtlmJson(Words{"step"} + words + Words{"--decode", "64", "--set", "mapping.auto=on"});
  EXPECT_DOUBLE_EQ(step["step"]["seconds"].get<double>(), run["decode"]["seconds"].get<double>());
}

TEST(AutoMapping, IsRefusedWhereAMappingHasToBeSaid) {
  expectRefusal({"gemv", "--rows", "64", "--cols", "64", "--set", "mapping=auto"}, {"mapping.auto", "gemv"});
  expectRefusal({"analyze", "--model", "llama-7b", "--set", "mapping.auto=on"}, {"mapping.auto", "analyze"});
  expectRefusal({"run", "--model", "llama-7b", "--prompt", "1", "--generate", "1", "--set", "mapping=best"},
                {"mapping"});
  // Refused before a mapping is searched, and said.
  expectRefusal({"step", "--model", "tinyllama-1.1b", "--decode", "1", "--set", "mapping.auto=on"},
                {"--decode", "at least 2"});
}

/// Of each kind of advice (the chip, a larger one, the schedule): the first one in the report and the bar of
/// the tornado that reaches furthest to the better: key, value and gain. The first bar of all is the first
/// advice of all.
void expectTheSameAdvice(const Words& chip) {
  SCOPED_TRACE(chip.back());
  const Words job = Words{"--model", "tiny", "--set", "weights.group=32"} + chip;
  const Json run = pimtlmJson(Words{"run"} + job + Words{"--prompt", "9", "--generate", "2", "--advice"});
  const Json tornado =
      pimtlmJson(Words{"sensitivity"} + job + Words{"--prompt", "9", "--generate", "2"})["sensitivity"];
  for (const std::string stage : {"decode", "prefill"}) {
    const std::string path = stage + ".tokens_per_second";
    for (const std::string kind : {"chip", "size", "schedule"}) {
      SCOPED_TRACE(stage + ", " + kind);
      double most = 0;
      std::string key, value;
      for (const Json& bar : tornado["keys"]) {
        if (bar["kind"] != kind) continue;
        for (const Json& turn : bar["turns"]) {
          if (turn[path].is_null()) continue;
          const double gain = turn[path].get<double>() / tornado["base"][path].get<double>() - 1;
          if (gain <= most) continue;
          most = gain;
          key = bar["key"];
          value = turn["value"];
        }
      }
      const Json& advice = run["advice"][stage];
      const auto first =
          std::find_if(advice.begin(), advice.end(), [&](const Json& a) { return a["kind"] == kind; });
      if (first == advice.end()) {
        EXPECT_LT(most, 0.01);
        continue;
      }
      EXPECT_EQ((*first)["key"], key);
      EXPECT_EQ((*first)["value"], value);
      EXPECT_DOUBLE_EQ((*first)["gain"].get<double>(), most);
    }
  }
  EXPECT_EQ(tornado["keys"][0]["key"], run["advice"]["decode"][0]["key"]);
}

TEST(Sensitivity, ItsLargestBarIsTheFirstAdvice) {
  for (const char* set : {"name=aim8", "link.bandwidth_gb_per_s=0.02", "schedule.overlap=off"})
    expectTheSameAdvice({"--set", set});
}

TEST(Area, IsTheSumOfItsPartsAndThePriceOfADesign) {
  const Json run = pimtlmJson(Words{"run"} + kChip + kStep);
  const Json& area = run["area"];
  double sum = 0;
  for (const auto& [name, part] : area.items())
    if (name != "total_mm2" && name.find("per_second") == std::string::npos) sum += part.get<double>();
  EXPECT_NEAR(area["total_mm2"]["nominal"].get<double>(), sum, 1e-9 * sum);
  EXPECT_LT(area["total_mm2"]["low"], area["total_mm2"]["nominal"]);
  EXPECT_LT(area["total_mm2"]["nominal"], area["total_mm2"]["high"]);
  EXPECT_DOUBLE_EQ(
      area["decode_tokens_per_second_per_mm2"].get<double>(),
      run["decode"]["tokens_per_second"].get<double>() / area["total_mm2"]["nominal"].get<double>());
  // Every part that grows takes more.
  for (const char* set :
       {"bank.mac_lanes=128", "bank.bram_kib=128", "bank.softmax_lanes=8", "chip.dies=16",
        "chip.banks_per_die=32", "die.ram_kib=128", "controller.alu_lanes=128", "controller.cram_kib=512"}) {
    const Json more = pimtlmJson(Words{"run"} + kChip + kStep + Words{"--set", set})["area"];
    EXPECT_GT(more["total_mm2"]["nominal"], area["total_mm2"]["nominal"]) << set;
  }
  // What solve minimises unless told otherwise.
  const Json solve =
      pimtlmJson(Words{"solve"} + kChip +
                 Words{"--decode", "64", "--map", "given", "--target", "decode.tokens_per_second>=100",
                       "--free", "bank.mac_lanes=16,32,64"})["solve"];
  EXPECT_EQ(solve["minimised"], "area");
  const Json design =
      pimtlmJson(Words{"run"} + kChip + kStep +
                 Words{"--set", "bank.mac_lanes=" + solve["design"]["bank.mac_lanes"].get<std::string>()});
  EXPECT_DOUBLE_EQ(solve["cost"].get<double>(), design["area"]["total_mm2"]["nominal"].get<double>());
}

TEST(Machines, ASweepSaysWhereOneOvertakesTheOther) {
  const test::TemporaryFolder folder;
  const Words words{"sweep",
                    "--model",
                    "llama-7b",
                    "--decode",
                    "512",
                    "--vary",
                    "preset=aim8,flightllm-u280",
                    "--vary",
                    "dram.t_ccd_ns=1,4,8,16,32",
                    "--out",
                    folder.path("out"),
                    "--json",
                    folder.path("summary.json")};
  const Outcome sweep = pimtlm(words);
  ASSERT_EQ(sweep.status, 0) << sweep.err;
  const auto rows = rowsOf(folder.read("out/points.csv"));
  ASSERT_EQ(rows.size(), 10u);
  std::map<double, std::map<std::string, double>> rates;
  for (const auto& row : rows)
    rates[std::stod(row.at("dram.t_ccd_ns"))][row.at("preset")] =
        std::stod(row.at("decode.tokens_per_second"));
  const Json machines = Json::parse(folder.read("summary.json"))["machines"];
  ASSERT_EQ(machines.size(), 1u);
  ASSERT_EQ(machines[0]["changes"].size(), 1u);
  const Json& change = machines[0]["changes"][0];
  EXPECT_EQ(change["overtakes"], "flightllm-u280");
  const double before = change["between"][0], after = change["between"][1];
  EXPECT_GT(rates[before]["aim8"], rates[before]["flightllm-u280"]);
  EXPECT_LT(rates[after]["aim8"], rates[after]["flightllm-u280"]);
  EXPECT_GT(change["at"], before);
  EXPECT_LT(change["at"], after);
  const std::string sentence = machines[0]["sentence"];
  EXPECT_NE(sentence.find("flightllm-u280 overtakes aim8 at dram.t_ccd_ns = "), std::string::npos)
      << sentence;
  EXPECT_NE(sweep.out.find(sentence), std::string::npos);
  // A point is a step of that machine by itself.
  const Json step =
      pimtlmJson({"step", "--model", "llama-7b", "--decode", "512", "--preset", "flightllm-u280"});
  EXPECT_NEAR(1 / rates[1]["flightllm-u280"], step["step"]["seconds"].get<double>(), 1e-12);
  // The plan repeats it.
  const Outcome again =
      pimtlm({"sweep", "--plan", folder.path("out/sweep.yaml"), "--quiet", "--out", folder.path("again")});
  ASSERT_EQ(again.status, 0) << again.err;
  EXPECT_EQ(folder.read("again/points.csv"), folder.read("out/points.csv"));
}

TEST(Machines, ASweepAlongTheContextSaysWhereOneCannotRun) {
  const test::TemporaryFolder folder;
  const Outcome sweep = pimtlm({"sweep", "--model", "llama-7b", "--vary", "decode=64,1024,2048", "--vary",
                                "preset=aim8,flightllm-u280,phone-8gen2", "--out", folder.path("out")});
  ASSERT_EQ(sweep.status, 0) << sweep.err;
  EXPECT_NE(sweep.out.find("aim8 is ahead of flightllm-u280 from decode = 64 to 1024"), std::string::npos)
      << sweep.out;
  EXPECT_NE(sweep.out.find("aim8 cannot run beyond decode = 1024"), std::string::npos) << sweep.out;
  expectRefusal({"sweep", "--model", "llama-7b", "--decode", "64", "--vary", "preset=aim8,none", "--out",
                 folder.path("a")},
                {"preset"});
  expectRefusal({"sweep", "--model", "llama-7b", "--decode", "64", "--vary", "preset=aim8", "--set",
                 "kv.bits=4", "--out", folder.path("b")},
                {"--set", "--vary KEY=VALUE"});
}

}  // namespace
}  // namespace pim::cli
