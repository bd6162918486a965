#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/analysis/closed_form.h"
#include "tests/sim/analysis/decode_run.h"

// A weight that is read once serves a tile of tokens: prefill gets faster with the tile until the MAC arrays
// are busy.
namespace pim::sim {
namespace {

constexpr std::uint32_t kPrompt = 64;

ChipSetup ideal512(const std::string& tile) {
  // 64 MACs a ns in each bank: 512 x 2 x 16 Gop/s; a column of 32 bytes every 8 ns: 512 GB/s.
  return ChipSetup("ideal", {"dram.t_ccd_ns=8", "bank.mac_lanes=64", "bank.mac_clock_ns=1",
                             "schedule.overlap=on", "mapping.token_tile=" + tile});
}

TEST(Prefill, RisesWithTheTokenTileUntilTheMacRateBoundsIt) {
  std::vector<PrefillRun> runs;
  for (const char* tile : {"1", "2", "4", "8"}) {
    runs.push_back(runPrefill(ideal512(tile), kPrompt));
    ASSERT_TRUE(runs.back().done);
  }
  for (std::size_t i = 1; i < runs.size(); ++i) {
    EXPECT_GT(runs[i].tokensPerSecond, 1.5 * runs[i - 1].tokensPerSecond) << runs[i].tokenTile;
    EXPECT_GT(runs[i].utilisation.mac, 1.5 * runs[i - 1].utilisation.mac);
  }
  EXPECT_LT(runs.front().utilisation.mac, 0.2);
  EXPECT_GT(runs.back().utilisation.mac, 0.85);  // bounded by the arithmetic now
  const PrefillRun larger = runPrefill(ideal512("16"), kPrompt);
  ASSERT_TRUE(larger.done);
  EXPECT_NEAR(larger.tokensPerSecond, runs.back().tokensPerSecond, 0.1 * runs.back().tokensPerSecond);
}

TEST(Prefill, LiesWithinTenPercentOfTheClosedForm) {
  const ChipSetup setup = ideal512("8");
  EXPECT_NEAR(prefillRate(setup.shape, peakRates(setup.config)), 1239.9, 0.1);
  const PrefillRun run = runPrefill(setup, kPrompt);
  ASSERT_TRUE(run.done);
  EXPECT_NEAR(run.tokensPerSecond, 1239.9, 0.1 * 1239.9);
}

TEST(Prefill, IsFasterThanDecodeOnTheDefaultChip) {
  const PrefillRun one = runPrefill(ChipSetup("aim8", {"mapping.token_tile=1"}), 32);
  const PrefillRun eight = runPrefill(ChipSetup("aim8", {"mapping.token_tile=8"}), 32);
  ASSERT_TRUE(one.done && eight.done);
  EXPECT_GT(eight.tokensPerSecond, one.tokensPerSecond);
}

}  // namespace
}  // namespace pim::sim
