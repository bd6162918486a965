#include "tests/sim/analysis/advice_check.h"

#include <gtest/gtest.h>

#include <iostream>

#include "core/base/error.h"
#include "sim/analysis/metrics.h"
#include "sim/run/own_process.h"
#include "sim/run/simulation.h"
#include "sim/run/synthetic_prompt.h"
#include "tests/sim/analysis/random_chips.h"

namespace pim::sim {
namespace {

struct Outcome {
  bool done = false;
  HandRates rates;
};

void expectTheBestFirst(const ChipSetup& setup, const PointJob& job, const StageAdvice& advice,
                        double HandRates::*stage) {
  const std::optional<HandRates> before = ratesByHand(setup.shape, setup.config, job);
  ASSERT_TRUE(before);
  const TriedChange* last = nullptr;
  for (const TriedChange& tried : advice) {
    SCOPED_TRACE(tried.change.text());
    const auto after = ratesByHand(setup.shape, platform::changed(setup.config, tried.change), job);
    ASSERT_TRUE(after);
    EXPECT_EQ(tried.tokensPerSecond, (*after).*stage);
    EXPECT_EQ(tried.gain, (*after).*stage / ((*before).*stage) - 1);
    EXPECT_GE(tried.gain, kWorthNaming);
    if (last != nullptr) {
      EXPECT_GE(&kindOf(tried), &kindOf(*last)) << "the chip, then a larger one, then the schedule";
      if (&kindOf(tried) == &kindOf(*last)) {
        EXPECT_LE(tried.gain, last->gain) << "the best of a kind first";
      }
    }
    last = &tried;
  }
}

void expectNothingHelps(const ChipSetup& setup, const PointJob& job, double HandRates::*stage) {
  const std::optional<HandRates> before = ratesByHand(setup.shape, setup.config, job);
  ASSERT_TRUE(before);
  for (const platform::Change& change : platform::singleChanges(setup.config)) {
    const auto after = ratesByHand(setup.shape, platform::changed(setup.config, change), job);
    if (!after) continue;
    EXPECT_LT((*after).*stage / ((*before).*stage) - 1, kWorthNaming) << change.text();
  }
}

void expectOfStage(const ChipSetup& setup, const PointJob& job, const StageAdvice& advice,
                   double HandRates::*stage) {
  if (advice.empty()) {
    expectNothingHelps(setup, job, stage);
  } else {
    expectTheBestFirst(setup, job, advice, stage);
  }
}

}  // namespace

std::optional<HandRates> ratesByHand(const ModelShape& shape, const platform::Config& config,
                                     const PointJob& job) {
  Outcome outcome;
  const bool ended = runInOwnProcess<Outcome>(
      [&] {
        Outcome made;
        try {
          RunRequest request;
          request.config = config;
          request.layout = host::planModel(shape, chipShape(config), mappingOptions(config),
                                           job.context + job.prompt + job.generate - 1);
          request.job.prompt = syntheticPrompt(job.prompt, shape.vocab);
          request.job.generate = job.generate;
          request.job.position = job.context;
          request.job.ignoreEos = true;
          const RunResult result = simulate(request);
          made.rates = {prefillStage(result, job.prompt).tokensPerSecond(),
                        decodeStage(result).tokensPerSecond()};
          made.done = true;
        } catch (const UserError&) {
        }
        return made;
      },
      outcome);
  EXPECT_TRUE(ended);
  if (!outcome.done) return std::nullopt;
  return outcome.rates;
}

void expectWhatRunsByHandGive(const ChipSetup& setup, const PointJob& job, const Advice& advice) {
  ASSERT_TRUE(advice.decode);
  expectOfStage(setup, job, *advice.decode, &HandRates::decode);
  expectOfStage(setup, job, advice.prefill, &HandRates::prefill);
}

void expectAdviceOnRandomChips(std::uint32_t seed, std::uint32_t count) {
  RandomChips chips(seed);
  std::uint32_t named = 0, without = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const ChipSetup setup = chips.next("tiny");
    SCOPED_TRACE(chips.text());
    const PointJob job{0, 7, 3};
    const Advice advice = adviseOn(setup.shape, setup.config, job, 2);
    expectWhatRunsByHandGive(setup, job, advice);
    for (const StageAdvice* stage : {&*advice.decode, &advice.prefill}) {
      named += static_cast<std::uint32_t>(stage->size());
      without += stage->empty() ? 1 : 0;
    }
  }
  std::cout << count << " chips: " << named << " changes advised, " << without << " stages that no step helps"
            << std::endl;
}

}  // namespace pim::sim
