// pimtlm solve and demands as users meet them: what they say is true when it is run.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "tests/sim/commands/pimtlm.h"
#include "tests/support/temporary_folder.h"

namespace pim::cli {
namespace {

using Json = nlohmann::json;

/// A decode step of the small model, or nothing where it cannot run.
std::optional<double> decodeRate(const std::vector<std::pair<std::string, std::string>>& settings) {
  Words words{"run",      "--model", "tiny",       "--set", "weights.group=32", "--context", "62",
              "--prompt", "1",       "--generate", "2"};
  for (const auto& [key, value] : settings) words = words + Words{"--set", key + '=' + value};
  const Outcome run = pimtlm(words + Words{"--json", "-", "--quiet"});
  if (run.status != 0) return std::nullopt;
  return Json::parse(run.out)["decode"]["tokens_per_second"].get<double>();
}

Words problem(const std::string& target) {
  return {"solve",
          "--model",
          "tiny",
          "--set",
          "weights.group=32",
          "--decode",
          "64",
          "--map",
          "given",
          "--target",
          target,
          "--free",
          "link.exchange_latency_ns=10,20,40,80,160",
          "--free",
          "controller.alu_lanes=1,2,4,8,16",
          "--minimise",
          "1000 / link.exchange_latency_ns + controller.alu_lanes"};
}

TEST(Solve, FindsWhatLookingAtEveryPointFinds) {
  double least = 1e9, price = 0;
  std::pair<std::string, std::string> best;
  std::vector<double> rates;
  const double wanted = *decodeRate({{"link.exchange_latency_ns", "40"}, {"controller.alu_lanes", "4"}});
  for (const char* latency : {"10", "20", "40", "80", "160"}) {
    for (const char* lanes : {"1", "2", "4", "8", "16"}) {
      const double rate =
          *decodeRate({{"link.exchange_latency_ns", latency}, {"controller.alu_lanes", lanes}});
      price = 1000 / std::stod(latency) + std::stod(lanes);
      if (rate >= wanted && price < least) {
        least = price;
        best = {latency, lanes};
      }
    }
  }
  const Json json = pimtlmJson(problem(fmt::format("decode.tokens_per_second>={}", wanted)));
  const Json& solve = json["solve"];
  EXPECT_EQ(solve["solved"], true);
  EXPECT_EQ(solve["design"]["link.exchange_latency_ns"], best.first);
  EXPECT_EQ(solve["design"]["controller.alu_lanes"], best.second);
  EXPECT_DOUBLE_EQ(solve["cost"].get<double>(), least);
  EXPECT_LT(solve["points"].get<int>(), solve["grid"].get<int>());
  // What is one step cheaper fails, when it is run.
  for (const Json& neighbour : solve["evidence"]) {
    std::vector<std::pair<std::string, std::string>> settings;
    for (const auto& [key, value] : neighbour["design"].items()) settings.emplace_back(key, value);
    EXPECT_LT(*decodeRate(settings), wanted) << neighbour;
    EXPECT_EQ(neighbour["targets"][0]["met"], false);
  }
}

TEST(Solve, SaysWhenNothingMeetsTheTargets) {
  const Outcome run = pimtlm(problem("decode.tokens_per_second>=1e12"));
  EXPECT_EQ(run.status, 1) << run.err;
  EXPECT_NE(run.out.find("nothing between the ends"), std::string::npos) << run.out;
}

/// Upper limits, and keys of which a dearer value needs more room: the dearest point misses, others do not.
TEST(Solve, FindsAPointWhereTheDearestOneMisses) {
  const Words base{"solve", "--model", "tiny",  "--set",  "weights.group=32",    "--decode",
                   "64",    "--map",   "given", "--free", "bank.mac_lanes=1..16"};
  const double most = *decodeRate({{"bank.mac_lanes", "16"}}), some = *decodeRate({{"bank.mac_lanes", "3"}});
  ASSERT_GT(most, some);
  const Json json = pimtlmJson(base + Words{"--target", fmt::format("decode.tokens_per_second<={}", some)});
  EXPECT_EQ(json["solve"]["solved"], true);
  EXPECT_EQ(json["solve"]["design"]["bank.mac_lanes"], "1");
  const Json window =
      pimtlmJson(base + Words{"--target", fmt::format("decode.tokens_per_second>={}", some), "--target",
                              fmt::format("decode.tokens_per_second<={}", some * 1.001)});
  EXPECT_EQ(window["solve"]["design"]["bank.mac_lanes"], "3");
  // A window between two points: every point was simulated, and the nearest one is named.
  const Outcome none =
      pimtlm(base + Words{"--target", fmt::format("decode.tokens_per_second>={}", some * 1.0001), "--target",
                          fmt::format("decode.tokens_per_second<={}", some * 1.0002)});
  EXPECT_EQ(none.status, 1);
  EXPECT_NE(none.out.find("nothing between the ends"), std::string::npos) << none.out;
  EXPECT_NE(none.out.find("bank.mac_lanes = 3"), std::string::npos) << none.out;
  EXPECT_NE(none.out.find("16 points simulated of 16"), std::string::npos) << none.out;
}

TEST(Solve, RefusesWhatMakesNoSense) {
  const Words base{"solve", "--model", "tiny", "--decode", "64"};
  const Words free{"--free", "bank.bram_kib=16..64"}, target{"--target", "decode.tokens_per_second>=50"},
      price{"--minimise", "bank.bram_kib"};
  expectRefusal(base + free, {"--target"});
  expectRefusal(base + target, {"--free"});
  expectRefusal(base + free + price + Words{"--target", "decode.tokens_per_second=50"},
                {"--target", "PATH>=NUMBER"});
  expectRefusal(base + target + price + Words{"--free", "bank.bramkib=16..64"}, {"bank.bram_kib"});
  expectRefusal(base + target + free + Words{"--minimise", "bank.bramkib"}, {"bank.bram_kib"});
  expectRefusal(base + target + free + Words{"--minimise", "1 +"}, {"--minimise"});
  expectRefusal(base + target + Words{"--free", "bank.bram_kib=64..16"}, {"FROM at most TO"});
  expectRefusal(base + target + Words{"--free", "mapping.token_tile=1,2"},
                {"mapping.token_tile", "--map given"});
  expectRefusal(base + free + Words{"--set", "weights.group=32", "--target", "decode.tokens_per_sec>=5"},
                {"decode.tokens_per_sec"});
  expectRefusal(base + target + free + Words{"--minimise", "chip.dies / (chip.dies - 8)"}, {"--minimise"});
}

/// A run with some settings; nothing where it cannot run.
std::optional<double> rateWith(const Json& job, const Words& settings) {
  const bool decode = job.contains("decode");
  Words words{"run", "--model", "llama-7b"};
  for (const std::string& setting : settings) words = words + Words{"--set", setting};
  const std::string context = decode ? std::to_string(std::stoi(job["decode"].get<std::string>()) - 2) : "0";
  words = words + (decode ? Words{"--context", context, "--prompt", "1", "--generate", "2"}
                          : Words{"--prompt", job["prefill"], "--generate", "1"});
  const Outcome run = pimtlm(words + Words{"--json", "-", "--quiet"});
  if (run.status != 0) return std::nullopt;
  return Json::parse(run.out)[decode ? "decode" : "prefill"]["tokens_per_second"].get<double>();
}

Words settingsOf(const Json& point) {
  Words settings;
  for (const auto& [key, value] : point["settings"].items())
    settings.push_back(key + '=' + value.get<std::string>());
  return settings;
}

/// Each least amount: with the settings that the answer names the target is met; one step below, in a run of
/// its own, it is missed, whatever the mapping where the best one was looked for.
void expectConfirmed(const Json& demands) {
  ASSERT_EQ(demands["questions"].size(), 10u);
  for (const Json& question : demands["questions"]) {
    SCOPED_TRACE(question["id"]);
    const std::string target = question["target"];
    const double wanted = std::stod(target.substr(target.find(">=") + 2));
    ASSERT_FALSE(question["least"].is_null());
    EXPECT_GE(rateWith(question["job"], settingsOf(question["least"])).value_or(0), wanted);
    EXPECT_EQ(rateWith(question["job"], settingsOf(question["least"])), question["least"]["result"]);
    if (question["below"].is_null()) continue;  // nothing less can be built
    Words below = settingsOf(question["below"]);
    if (demands["map"] == "best" && question["job"].contains("decode")) below.push_back("mapping=auto");
    EXPECT_LT(rateWith(question["job"], below).value_or(0), wanted);
    // The published amount, where the key goes that far.
    if (!question["at_published"].is_null()) {
      EXPECT_GE(question["at_published"]["amount"], question["published_amount"]);
    }
  }
}

TEST(Demands, EachLeastAmountIsConfirmedByTwoRuns) {
  expectConfirmed(pimtlmJson({"demands", "--model", "llama-7b", "--context", "512", "--tokens-per-second",
                              "50", "--map", "given", "--set", "kv.bits=4"})["demands"]);
}

/// The question as the issue puts it, each point with its best mapping.
TEST(Demands, EachLeastAmountAt4096IsConfirmedByTwoRuns) {
  expectConfirmed(pimtlmJson(
      {"demands", "--model", "llama-7b", "--context", "4096", "--tokens-per-second", "50"})["demands"]);
}

TEST(Demands, TakesANarrowerCacheWhereThereIsNoRoom) {
  const Json json = pimtlmJson({"demands", "--model", "llama-7b", "--context", "2048", "--map", "given",
                                "--tokens-per-second", "100"});
  EXPECT_EQ(json["demands"]["kv_bits"], 8);
  EXPECT_EQ(json["demands"]["kv_bits_configured"], 16);
  expectRefusal({"demands", "--model", "llama-7b", "--context", "100000"}, {"does not fit"});
  expectRefusal({"demands", "--tokens-per-second", "0"}, {"--tokens-per-second"});
}

/// A turn is what a run with that setting gives.
TEST(Sensitivity, TurnsAreRuns) {
  const Json json =
      pimtlmJson({"sensitivity", "--model", "tiny", "--set", "weights.group=32", "--prompt", "8", "--keys",
                  "link.*", "--keys", "bank.mac_lanes", "--keys", "dram.row_buffers"});
  const Json& keys = json["sensitivity"]["keys"];
  std::size_t turns = 0;
  for (const Json& key : keys) {
    for (const Json& turn : key["turns"]) {
      const std::string setting = key["key"].get<std::string>() + '=' + turn["value"].get<std::string>();
      const Json run = pimtlmJson({"run", "--model", "tiny", "--set", "weights.group=32", "--prompt", "8",
                                   "--generate", "2", "--set", setting});
      EXPECT_EQ(turn["decode.tokens_per_second"], run["decode"]["tokens_per_second"]) << setting;
      EXPECT_EQ(turn["prefill.tokens_per_second"], run["prefill"]["tokens_per_second"]) << setting;
      ++turns;
    }
  }
  EXPECT_EQ(turns, 2u + 2 + 1 + 2 + 1);  // bandwidth, latency, duplex; lanes; row buffers
  // What helps most comes first; these are all of the chip.
  double last = 1e9;
  const double base = json["sensitivity"]["base"]["decode.tokens_per_second"];
  for (const Json& key : keys) {
    double gain = 0;
    for (const Json& turn : key["turns"])
      gain = std::max(gain, turn["decode.tokens_per_second"].get<double>() / base - 1);
    EXPECT_LE(gain, last) << key["key"];
    last = gain;
  }
  expectRefusal({"sensitivity", "--model", "llama-7b", "--prompt", "2", "--keys", "nothing.*"}, {"--keys"});
  expectRefusal({"sensitivity", "--model", "tiny", "--by", "200%"}, {"--by"});
}

TEST(Sensitivity, TurnsNumbersByTheShareThatIsAskedFor) {
  const Json json = pimtlmJson({"sensitivity", "--model", "tiny", "--set", "weights.group=32", "--prompt",
                                "4", "--by", "25%", "--keys", "bank.mac_lanes"});
  const Json& turns = json["sensitivity"]["keys"][0]["turns"];
  ASSERT_EQ(turns.size(), 2u);
  EXPECT_EQ(turns[0]["value"], "48");
  EXPECT_EQ(turns[1]["value"], "80");
}

}  // namespace
}  // namespace pim::cli
