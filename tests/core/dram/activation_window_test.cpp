#include "core/dram/activation_window.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace pim {
namespace {

DramTiming limits(DramCycles tRrd, DramCycles tFaw) {
  DramTiming timing;
  timing.tRrd = tRrd;
  timing.tFaw = tFaw;
  return timing;
}

/// The rules as they read: two activates lie tRRD apart, and of five the first and the last tFAW.
bool keepsLimits(std::vector<DramCycles> cycles, DramCycles tRrd, DramCycles tFaw) {
  std::sort(cycles.begin(), cycles.end());
  for (std::size_t i = 0; i < cycles.size(); ++i) {
    if (i >= 1 && cycles[i] - cycles[i - 1] < tRrd) return false;
    if (i >= 4 && cycles[i] - cycles[i - 4] < tFaw) return false;
  }
  return true;
}

TEST(ActivationWindow, SixteenActivatesAtOnceQueueForTRrdOrTFaw) {
  ActivationWindow byRrd(limits(13, 48));
  ActivationWindow byFaw(limits(13, 80));
  for (DramCycles i = 0; i < 16; ++i) {
    EXPECT_EQ(byRrd.earliest(100), 100 + 13 * i);
    byRrd.take(byRrd.earliest(100));
    EXPECT_EQ(byFaw.earliest(100), 100 + i / 4 * 80 + i % 4 * 13);
    byFaw.take(byFaw.earliest(100));
  }
}

TEST(ActivationWindow, FindsTheFirstCycleThatKeepsTheLimitsToEarlierAndLaterOnes) {
  std::mt19937 random(1);
  for (int round = 0; round < 300; ++round) {
    const auto below = [&](DramCycles n) {
      return static_cast<DramCycles>(random() % static_cast<unsigned>(n));
    };
    const DramCycles tRrd = 1 + below(20);
    const DramCycles tFaw = tRrd + below(100);
    ActivationWindow window(limits(tRrd, tFaw));
    std::vector<DramCycles> taken;
    for (int i = 0; i < 40; ++i) {
      const DramCycles wanted = below(1500);
      DramCycles expected = wanted;
      for (;; ++expected) {
        std::vector<DramCycles> with = taken;
        with.push_back(expected);
        if (keepsLimits(with, tRrd, tFaw)) break;
      }
      ASSERT_EQ(window.earliest(wanted), expected) << "tRRD " << tRrd << " tFAW " << tFaw;
      window.take(expected);
      taken.push_back(expected);
    }
  }
}

TEST(ActivationWindow, ForgetsOnlyWhatCannotMatter) {
  std::mt19937 random(2);
  for (int round = 0; round < 100; ++round) {
    ActivationWindow all(limits(11, 50)), forgetful(limits(11, 50));
    DramCycles now = 0;
    for (int i = 0; i < 60; ++i) {
      now += random() % 30;
      forgetful.forgetBefore(now);
      ASSERT_TRUE(all.sameFrom(now, forgetful));
      const DramCycles wanted = now + static_cast<DramCycles>(random() % 200);
      ASSERT_EQ(forgetful.earliest(wanted), all.earliest(wanted));
      all.take(all.earliest(wanted));
      ASSERT_FALSE(all.sameFrom(now, forgetful));
      forgetful.take(forgetful.earliest(wanted));
    }
  }
}

}  // namespace
}  // namespace pim
