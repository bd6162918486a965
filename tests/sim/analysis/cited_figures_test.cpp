// What the published figures say of each other.
#include "sim/analysis/cited_figures.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "platform/config/loader.h"

namespace pim::sim {
namespace {

const CitedFigure& of(const std::string& machine) {
  const auto& all = citedFigures();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const auto& f) { return f.machine == machine; });
  EXPECT_NE(found, all.end()) << machine;
  return *found;
}

TEST(CitedFigures, TheArithmeticOfThePaperCloses) {
  const CitedFigure &u280 = of("U280, FlightLLM"), &v100s = of("V100S, vLLM with SmoothQuant"),
                    &a100 = of("A100, vLLM FP16");
  EXPECT_NEAR(u280.tokensPerJoule(), 1.22, 0.0122);
  EXPECT_NEAR(u280.tokensPerJoule() / v100s.tokensPerJoule(), 5.98, 0.0598) << "6.0 x";
  EXPECT_NEAR(u280.tokensPerSecondPer1000Dollars() / v100s.tokensPerSecondPer1000Dollars(), 1.83, 0.0183)
      << "1.8 x";
  EXPECT_NEAR(u280.tokensPerSecondPer1000Dollars() / a100.tokensPerSecondPer1000Dollars(), 1.34, 0.0134)
      << "1.4 x";
}

TEST(CitedFigures, WhatIsNotPublishedStaysEmpty) {
  EXPECT_EQ(of("VHK158, FlightLLM").tokensPerJoule(), 0);
  EXPECT_EQ(of("VHK158, FlightLLM").tokensPerSecondPer1000Dollars(), 0);
  EXPECT_NE(std::string(of("VHK158, FlightLLM").kind).find("never measured"), std::string::npos);
  EXPECT_GE(sourceConflicts().size(), 10U);
}

TEST(CitedFigures, NameTheirPresets) {
  const std::vector<std::string> presets = platform::presetNames();
  for (const CitedFigure& figure : citedFigures()) {
    if (figure.preset[0] == '\0') continue;
    EXPECT_NE(std::find(presets.begin(), presets.end(), figure.preset), presets.end()) << figure.preset;
  }
  const auto u280 = citedFor("flightllm-u280");
  ASSERT_EQ(u280.size(), 1U);
  const platform::Config config = platform::loadPreset("flightllm-u280");
  EXPECT_EQ(u280[0].watts, config.cost.powerWatts) << "one number, two places";
  EXPECT_EQ(u280[0].dollars, config.cost.priceDollars);
}

}  // namespace
}  // namespace pim::sim
