#include "sim/analysis/advice.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/base/error.h"
#include "sim/analysis/metrics.h"
#include "sim/run/own_process.h"
#include "sim/run/simulation.h"
#include "sim/run/synthetic_prompt.h"
#include "tests/sim/analysis/decode_run.h"
#include "tests/sim/analysis/random_chips.h"

namespace pim::sim {
namespace {

struct Rates {
  double prefill = 0, decode = 0;
};

/// As somebody would run it who read the advice.
Rates byHand(const ModelShape& shape, const platform::Config& config, const RunJob& job) {
  RunRequest request;
  request.config = config;
  request.layout = host::planModel(shape, chipShape(config), mappingOptions(config),
                                   job.context + job.prompt + job.generate - 1);
  request.job.prompt = syntheticPrompt(job.prompt, shape.vocab);
  request.job.generate = job.generate;
  request.job.position = job.context;
  request.job.ignoreEos = true;
  Rates rates;
  EXPECT_TRUE(runInOwnProcess<Rates>(
      [&] {
        const RunResult result = simulate(request);
        return Rates{prefillStage(result, job.prompt).tokensPerSecond(),
                     decodeStage(result).tokensPerSecond()};
      },
      rates));
  return rates;
}

void expectWhatARunByHandGives(const ChipSetup& setup, const RunJob& job, const StageAdvice& advice,
                               double Rates::*stage) {
  if (advice.empty()) return;
  const Rates before = byHand(setup.shape, setup.config, job);
  double last = 1e9;
  bool schedule = false;
  for (const TriedChange& tried : advice) {
    SCOPED_TRACE(tried.change.text());
    const Rates after = byHand(setup.shape, platform::changed(setup.config, tried.change), job);
    EXPECT_EQ(tried.tokensPerSecond, after.*stage);
    EXPECT_EQ(tried.gain, after.*stage / (before.*stage) - 1);
    EXPECT_GE(tried.gain, kWorthNaming);
    if (!tried.costsSilicon() && !schedule) {
      schedule = true;
      last = 1e9;
    }
    EXPECT_EQ(tried.costsSilicon(), !schedule) << "the chip first, then the schedule";
    EXPECT_LE(tried.gain, last) << "the best first";
    last = tried.gain;
  }
}

TEST(Advice, IsWhatARunByHandGives) {
  const ChipSetup setup("aim8", {}, "tinyllama-1.1b");
  const RunJob job{20, 6, 3};
  const Advice advice = adviseOn(setup.shape, setup.config, job, 2);
  EXPECT_GT(advice.tried, 30u);
  ASSERT_TRUE(advice.decode);
  EXPECT_FALSE(advice.decode->empty());
  EXPECT_FALSE(advice.prefill.empty());
  expectWhatARunByHandGives(setup, job, *advice.decode, &Rates::decode);
  expectWhatARunByHandGives(setup, job, advice.prefill, &Rates::prefill);
}

TEST(Advice, NamesWhatASlowChipLacks) {
  const std::pair<const char*, const char*> cases[] = {
      {"controller.firmware_clock_ns=64", "controller.firmware_"},
      {"link.exchange_latency_ns=3000", "link.exchange_latency_ns"},
      {"link.bandwidth_gb_per_s=0.02", "link.bandwidth_gb_per_s"},
      {"dram.t_ccd_ns=100", "dram.t_ccd_ns"},
      {"controller.memory_bandwidth_gb_per_s=0.05", "controller.memory_bandwidth_gb_per_s"}};
  for (const auto& [set, key] : cases) {
    const ChipSetup setup("aim8", {"weights.group=32", set}, "tiny");
    const Advice advice = adviseOn(setup.shape, setup.config, {9, 3, 0}, 2);
    ASSERT_TRUE(advice.decode && !advice.decode->empty()) << set;
    EXPECT_EQ(advice.decode->front().change.key.rfind(key, 0), 0u)
        << set << " is told " << advice.decode->front().change.text();
    EXPECT_GT(advice.decode->front().gain, 0.3) << set;
  }
}

TEST(Advice, SetsTheScheduleApart) {
  const ChipSetup setup("aim8", {"schedule.overlap=off"}, "tinyllama-1.1b");
  const Advice advice = adviseOn(setup.shape, setup.config, {33, 3, 0}, 2);
  const auto free = std::find_if(advice.prefill.begin(), advice.prefill.end(),
                                 [](const TriedChange& tried) { return !tried.costsSilicon(); });
  ASSERT_NE(free, advice.prefill.end());
  EXPECT_EQ(free->change.text(), "schedule.overlap=on");
}

TEST(Advice, OnRandomChipsGainsWhatItSays) {
  RandomChips chips(23);
  for (int i = 0; i < 8; ++i) {
    const ChipSetup setup = chips.next("tiny");
    SCOPED_TRACE(chips.text());
    const RunJob job{7, 3, 0};
    const Advice advice = adviseOn(setup.shape, setup.config, job, 2);
    ASSERT_TRUE(advice.decode);
    expectWhatARunByHandGives(setup, job, *advice.decode, &Rates::decode);
    expectWhatARunByHandGives(setup, job, advice.prefill, &Rates::prefill);
  }
}

TEST(Advice, SaysHowMuchSlowerTheCoreCouldBe) {
  const ChipSetup fast("aim8", {}, "tinyllama-1.1b");
  const Advice advice = adviseOn(fast.shape, fast.config, {1, 2, 50}, 2);
  ASSERT_TRUE(advice.core);
  EXPECT_GE(advice.core->factor, 2);
  EXPECT_LE(advice.core->cost, kWorthNaming);
  ChipSetup slower = fast;
  slower.config.controller.firmwareClockNs *= advice.core->factor;
  const RunJob job{1, 2, 50};
  EXPECT_NEAR(byHand(fast.shape, fast.config, job).decode / byHand(fast.shape, slower.config, job).decode - 1,
              advice.core->cost, 1e-12);
}

TEST(Advice, NeedsAJobThatFits) {
  const ChipSetup setup("aim8", {}, "llama-7b");
  EXPECT_THROW(adviseOn(setup.shape, setup.config, {100000, 2, 0}, 1), UserError);
}

}  // namespace
}  // namespace pim::sim
