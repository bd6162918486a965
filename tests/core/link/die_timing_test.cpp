#include "core/link/die_timing.h"

#include <gtest/gtest.h>

namespace pim {
namespace {

constexpr Picoseconds kNs = 1000;

/// A byte a picosecond on the link, half as many through the DieRAM port, no hop: the port is what transfers
/// wait for.
DieTiming slowPort(bool fullDuplex = true) {
  DieTiming::Parameters parameters;
  parameters.link = Bandwidth::fromGbPerS(1000);
  parameters.ram = Bandwidth::fromGbPerS(500);
  parameters.fullDuplex = fullDuplex;
  return DieTiming(parameters);
}

TEST(DieTiming, ThePortServesTransfersOneAfterAnother) {
  DieTiming die = slowPort();
  EXPECT_EQ(die.transfer(LinkDirection::Down, 1, 1000, 0).arrival, 2 * kNs);
  const DieTiming::Transfer up = die.transfer(LinkDirection::Up, 1, 1000, 1 * kNs);
  EXPECT_EQ(up.begin, 1 * kNs);
  EXPECT_EQ(up.ramBegin, 2 * kNs);
  EXPECT_EQ(up.arrival, 4 * kNs);
}

TEST(DieTiming, AnEarlyTransferDoesNotWaitForALateOneThatWasAskedForBefore) {
  DieTiming die = slowPort();
  die.transfer(LinkDirection::Up, 1, 1000, 100 * kNs);
  EXPECT_EQ(die.transfer(LinkDirection::Down, 1, 1000, 10 * kNs).arrival, 12 * kNs);
  // But for those that began before it, whenever they were asked for.
  EXPECT_EQ(die.transfer(LinkDirection::Down, 1, 1000, 101 * kNs).arrival, 104 * kNs);
}

TEST(DieTiming, InHalfDuplexDirectionsTakeTurns) {
  DieTiming die = slowPort(false);
  die.transfer(LinkDirection::Down, 1, 1000, 0);
  EXPECT_EQ(die.transfer(LinkDirection::Up, 1, 1000, 1 * kNs).begin, 2 * kNs);
}

TEST(DieTiming, IsTheSameAgainOnceNobodyCanMeetWhatDiffered) {
  DieTiming one = slowPort(), other = slowPort();
  one.transfer(LinkDirection::Down, 1, 1000, 0);
  other.transfer(LinkDirection::Down, 1, 2000, 0);
  EXPECT_FALSE(one.sameFrom(0, other));
  for (DieTiming* die : {&one, &other}) {
    die->transfer(LinkDirection::Up, 1, 1000, 50 * kNs);
    die->transfer(LinkDirection::Down, 1, 1000, 60 * kNs);
  }
  EXPECT_TRUE(one.sameFrom(0, other));
}

/// As aim8: an edge a nanosecond, 32 bytes with each.
DieTiming clocked() {
  DieTiming::Parameters parameters;
  parameters.link = Bandwidth::fromGbPerS(32);
  parameters.ram = Bandwidth::fromGbPerS(64);
  parameters.hop = 2 * kNs;
  parameters.beatBytes = 32;
  return DieTiming(parameters);
}

TEST(DieTiming, PartsFillWholeBeatsThatBeginOnEdges) {
  DieTiming die = clocked();
  const DieTiming::Transfer transfer = die.transfer(LinkDirection::Up, 3, 40, 700);
  EXPECT_EQ(transfer.begin, 1 * kNs);
  EXPECT_EQ(transfer.arrival, (1 + 3 * 2 + 2) * kNs);
  EXPECT_EQ(die.beside(1300), (2 + 2) * kNs);
}

TEST(DieTiming, TheLinkTakesOneRequestACycle) {
  DieTiming die = clocked();
  EXPECT_EQ(die.transfer(LinkDirection::Down, 1, 64, 10 * kNs).begin, 10 * kNs);
  EXPECT_EQ(die.transfer(LinkDirection::Up, 1, 64, 10 * kNs).begin, 11 * kNs);
  EXPECT_EQ(die.beside(9'500), (12 + 2) * kNs);
  EXPECT_EQ(die.beside(9 * kNs), (9 + 2) * kNs) << "before them all";
}

TEST(DieTiming, RequestsThatArePastTellNobodyApart) {
  DieTiming one = clocked(), other = clocked();
  one.beside(5 * kNs);
  EXPECT_FALSE(one.sameFrom(5 * kNs, other));
  EXPECT_TRUE(one.sameFrom(5 * kNs + 1, other));
  one.beside(8 * kNs);
  other.beside(8 * kNs);
  EXPECT_TRUE(one.sameFrom(7 * kNs, other));
}

}  // namespace
}  // namespace pim
