// What --vary and plan files say, as values.
#include "sim/sweep/axis.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "core/base/error.h"
#include "sim/sweep/sweep_plan.h"

namespace pim::sim {
namespace {

using Texts = std::vector<std::string>;

Texts valuesOf(const std::string& key, const std::string& text) {
  return parseAxis(key, text, "--vary").values;
}

TEST(Axis, TakesValuesAndRanges) {
  EXPECT_EQ(valuesOf("bank.bram_kib", "16,32,64"), (Texts{"16", "32", "64"}));
  EXPECT_EQ(valuesOf("die.hop_ns", "1..1000:log4"), (Texts{"1", "10", "100", "1000"}));
  EXPECT_EQ(valuesOf("die.hop_ns", "0..2:lin5"), (Texts{"0", "0.5", "1", "1.5", "2"}));
  EXPECT_EQ(valuesOf("mapping.fuse_qkv", "on,off"), (Texts{"on", "off"}));
  EXPECT_EQ(valuesOf("decode", "512..2048:log3"), (Texts{"512", "1024", "2048"}));
  EXPECT_EQ(valuesOf("bank.bram_kib", "64..64:lin1"), (Texts{"64"}));
}

TEST(Axis, NumbersOfARangeAreWhatTheKeyTakesEachOnce) {
  EXPECT_EQ(valuesOf("chip.dies", "1..4:lin7"), (Texts{"1", "2", "3", "4"}));
  EXPECT_EQ(valuesOf("weights.group", "32..128:lin9"), (Texts{"32", "64", "128"}));
}

TEST(Axis, RefusesWhatItDoesNotUnderstand) {
  const std::pair<const char*, const char*> wrong[] = {{"bank.bram_kib", "0"},
                                                       {"bank.bram_kib", "16,,32"},
                                                       {"bank.bram_kib", ""},
                                                       {"bank.bram_kib", "16..32"},
                                                       {"bank.bram_kib", "16..32:log"},
                                                       {"bank.bram_kib", "0..32:log4"},
                                                       {"bank.bram_kib", "16..32:exp4"},
                                                       {"mapping.fuse_qkv", "0..1:lin2"},
                                                       {"bank.bramkib", "16"},
                                                       {"decode", "1"},
                                                       {"bank.bram_kib", "1..4:lin2.5"},
                                                       {"model", "llama-8b"}};
  for (const auto& [key, text] : wrong)
    EXPECT_THROW(parseAxis(key, text, "--vary"), UserError) << key << '=' << text;
}

TEST(RandomSamples, AreTheSameEverywhereAndCoverTheRange) {
  const RandomKey real = parseRandomKey("die.hop_ns", "1..1000:log", "plan");
  double low = 1e9, high = 0, middle = 0;
  constexpr int kSamples = 2000;
  for (int i = 0; i < kSamples; ++i) {
    const double value = std::stod(drawSample(real, 7, static_cast<std::uint64_t>(i)));
    low = std::min(low, value);
    high = std::max(high, value);
    middle += std::log10(value) / kSamples;
  }
  EXPECT_GE(low, 1);
  EXPECT_LE(high, 1000);
  EXPECT_LT(low, 1.02);
  EXPECT_GT(high, 980);
  EXPECT_NEAR(middle, 1.5, 0.05);
  EXPECT_EQ(drawSample(real, 7, 0), drawSample(real, 7, 0));
  EXPECT_NE(drawSample(real, 7, 0), drawSample(real, 8, 0));
  EXPECT_NE(drawSample(real, 7, 0), drawSample(real, 7, 1));

  std::set<std::string> seen;
  const RandomKey list = parseRandomKey("chip.dies", "2,4,8", "plan");
  for (std::uint64_t i = 0; i < 100; ++i) seen.insert(drawSample(list, 1, i));
  EXPECT_EQ(seen, (std::set<std::string>{"2", "4", "8"}));
}

std::string texts(const SweepPlan& plan, std::uint64_t point) {
  std::string text;
  for (const Change& change : plan.changesOf(point)) text += change.key + '=' + change.value + ' ';
  return text;
}

TEST(SweepPlan, NumbersItsPointsWithTheLastAxisFastest) {
  SweepPlan plan;
  plan.grid = {{"a", {"1", "2"}}, {"b", {"x", "y", "z"}}};
  plan.paired = {{"p", {"3", "4"}}, {"q", {"5", "6"}}};
  ASSERT_EQ(plan.size(), 12u);
  EXPECT_EQ(texts(plan, 0), "p=3 q=5 a=1 b=x ");
  EXPECT_EQ(texts(plan, 1), "p=3 q=5 a=1 b=y ");
  EXPECT_EQ(texts(plan, 3), "p=3 q=5 a=2 b=x ");
  EXPECT_EQ(texts(plan, 11), "p=4 q=6 a=2 b=z ");
}

TEST(SweepPlan, IsTheSameAfterItsFile) {
  SweepPlan plan;
  readPlan(
      "model: tiny\npreset: edge\ndecode: 100\nmap: given\n"
      "grid:\n  bank.bram_kib: [16, 32]\n  die.hop_ns: 1..4:log3\n"
      "paired:\n  chip.dies: [4, 8]\n  chip.banks_per_die: [32, 16]\n"
      "random:\n  samples: 10\n  seed: 3\n  keys:\n    link.exchange_latency_ns: 10..1000:log\n"
      "    model: [tiny, llama-7b]\n",
      "plan.yaml", plan);
  EXPECT_EQ(plan.size(), 2u * 3 * 2 * 10);
  EXPECT_EQ(plan.base.job.context, 98u);
  SweepPlan again;
  readPlan(toYaml(plan), "sweep.yaml", again);
  EXPECT_EQ(toYaml(again), toYaml(plan));
  for (std::uint64_t point = 0; point < plan.size(); ++point)
    EXPECT_EQ(texts(again, point), texts(plan, point));
}

TEST(SweepPlan, AFileThatMakesNoSenseIsRefusedWithItsLine) {
  const std::pair<const char*, const char*> wrong[] = {
      {"model: tiny\n", "varies something"},
      {"model: tiny\ngrid:\n  bank.bram_kib: [16, a]\n", "plan.yaml:3: bank.bram_kib"},
      {"model: tiny\ngrid:\n  bank.bramkib: [16]\n", "plan.yaml:3: 'bank.bramkib'"},
      {"model: tiny\nvary: 1\n", "plan.yaml:2: 'vary'"},
      {"model: tiny\npaired:\n  chip.dies: [1, 2]\n  bank.bram_kib: [16]\n", "expected 2 values"},
      {"model: tiny\nrandom:\n  samples: -1\n", "plan.yaml:3: samples"},
      {"model: tiny\nrandom:\n  samples: 0\n  keys:\n    chip.dies: [1]\n", "expected 1 to"},
      {"grid: [\n", "well-formed"},
      {"pimtlm: 0.0.0\n", "version"},
      {"config:\n  link:\n    colour: red\n", "plan.yaml:3: 'link.colour'"}};
  for (const auto& [yaml, mention] : wrong) {
    SweepPlan plan;
    try {
      readPlan(yaml, "plan.yaml", plan);
      ADD_FAILURE() << yaml;
    } catch (const UserError& error) {
      EXPECT_NE(std::string(error.what()).find(mention), std::string::npos) << error.what();
    }
  }
}

}  // namespace
}  // namespace pim::sim
