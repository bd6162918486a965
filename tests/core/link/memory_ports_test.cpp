#include "core/link/memory_ports.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace pim {
namespace {

using Span = PortCalendar::Span;

bool operator==(const Span& a, const Span& b) {
  return a.begin == b.begin && a.end == b.end;
}

TEST(PortCalendar, GivesAFreePortAtOnce) {
  PortCalendar port;
  EXPECT_TRUE(port.take(100, 30) == (Span{100, 130}));
  EXPECT_TRUE(port.take(130, 0) == (Span{130, 130}));
}

TEST(PortCalendar, LetsAnEarlierCommandKeepItsTime) {
  PortCalendar port;
  port.take(100, 50);
  EXPECT_TRUE(port.take(120, 10) == (Span{150, 160}));
}

TEST(PortCalendar, UsesTheGapsBeforeWhatWasAskedForEarlier) {
  PortCalendar port;
  port.take(100, 50);
  std::vector<Span> pieces;
  const Span all = port.take(80, 40, [&](Picoseconds b, Picoseconds e) { pieces.push_back({b, e}); });
  EXPECT_TRUE(all == (Span{80, 170}));
  ASSERT_EQ(pieces.size(), 2u);
  EXPECT_TRUE(pieces[0] == (Span{80, 100}));
  EXPECT_TRUE(pieces[1] == (Span{150, 170}));
}

/// Against a port that remembers every picosecond.
TEST(PortCalendar, IsAPortThatDoesOneThingAtATime) {
  std::mt19937 random(3);
  PortCalendar port;
  std::vector<bool> taken(200'000);
  Picoseconds now = 0;
  for (int i = 0; i < 3000; ++i) {
    now += static_cast<Picoseconds>(random() % 20);
    port.forgetBefore(now);
    const Picoseconds from = now + static_cast<Picoseconds>(random() % 300);
    const Picoseconds time = static_cast<Picoseconds>(random() % 25);
    Span expected{from, from};
    Picoseconds left = time;
    for (Picoseconds at = from; left != 0; ++at) {
      if (taken[static_cast<std::size_t>(at)]) continue;
      if (left == time) expected.begin = at;
      taken[static_cast<std::size_t>(at)] = true;
      expected.end = at + 1;
      --left;
    }
    ASSERT_TRUE(port.take(from, time) == expected) << i;
  }
}

MemoryRates rates() {
  MemoryRates rates;
  rates[ControllerMemoryKind::kCram].bandwidth = Bandwidth::fromGbPerS(100);
  rates[ControllerMemoryKind::kCmem].bandwidth = Bandwidth::fromGbPerS(25);
  rates[ControllerMemoryKind::kCmem].base = 0x4000;
  rates[ControllerMemoryKind::kCmem].bytes = 0x1000;
  return rates;
}

TEST(MemoryPorts, KnowWhichMemoryHoldsAnAddress) {
  EXPECT_EQ(rates().kindOf(0x3FFF), ControllerMemoryKind::kCram);
  EXPECT_EQ(rates().kindOf(0x4000), ControllerMemoryKind::kCmem);
  EXPECT_EQ(rates().kindOf(0x4FFF), ControllerMemoryKind::kCmem);
  EXPECT_EQ(rates().kindOf(0x5000), ControllerMemoryKind::kCram);
}

TEST(MemoryPorts, WorkBesideEachOther) {
  Counters counters;
  MemoryPorts ports(rates(), counters);
  EXPECT_TRUE(ports.move(ControllerMemoryKind::kCram, 1000, 0) == (Span{0, 10'000}));
  EXPECT_TRUE(ports.move(ControllerMemoryKind::kCmem, 1000, 0) == (Span{0, 40'000}));
  EXPECT_TRUE(ports.move(ControllerMemoryKind::kCram, 100, 500) == (Span{10'000, 11'000}));
}

TEST(MemoryPorts, TellEveryByteOnceAndNeverMoreThanTheBandwidth) {
  std::mt19937 random(5);
  Counters counters;
  MemoryPorts ports(rates(), counters);
  std::uint64_t moved = 0;
  double told = 0;
  std::vector<Span> pieces;
  ports.observe([&](ControllerMemoryKind, double bytes, Picoseconds begin, Picoseconds end) {
    told += bytes;
    pieces.push_back({begin, end});
    EXPECT_NEAR(10 * bytes, static_cast<double>(end - begin), 1e-6);  // a byte takes 10 ps
  });
  for (int i = 0; i < 2000; ++i) {
    const std::uint64_t bytes = random() % 500;
    moved += bytes;
    ports.move(ControllerMemoryKind::kCram, bytes, static_cast<Picoseconds>(random() % 4'000'000));
  }
  EXPECT_NEAR(told, static_cast<double>(moved), 1e-6 * static_cast<double>(moved));
  EXPECT_EQ(counters.bytesOf(ControllerMemoryKind::kCram), moved);
  EXPECT_EQ(counters.memoryBusy[0], static_cast<Picoseconds>(10 * moved));
  std::sort(pieces.begin(), pieces.end(), [](const Span& a, const Span& b) { return a.begin < b.begin; });
  Picoseconds end = 0;
  for (const Span& piece : pieces) {
    if (piece.begin == piece.end) continue;
    EXPECT_GE(piece.begin, end);
    end = piece.end;
  }
}

}  // namespace
}  // namespace pim
