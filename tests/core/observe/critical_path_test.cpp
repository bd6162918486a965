#include "core/observe/critical_path.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

namespace pim {
namespace {

constexpr std::size_t index(Component component) {
  return static_cast<std::size_t>(component);
}

Units unitsOf(Component component) {
  Units units;
  units.dies = units.banks = 1;
  switch (component) {
    case Component::BankWeights:
    case Component::BankKv:
      units.kind = Units::Kind::kBanks;
      break;
    case Component::LinkWeights:
      units.kind = Units::Kind::kLinksDown;
      break;
    case Component::LinkKv:
      units.kind = Units::Kind::kLinksUp;
      break;
    case Component::ControllerWeights:
    case Component::ControllerKv:
      units.kind = Units::Kind::kAlus;
      break;
    default:
      break;
  }
  return units;
}

class Path : public ::testing::Test {
 protected:
  /// Posted at `posted`, awaits the command `awaited` (0: none), which was done at `ready`.
  Picoseconds command(Picoseconds posted, Picoseconds ready, Picoseconds start, Picoseconds done,
                      Component component, std::uint32_t awaited = PIM_NO_SEQUENCE, Picoseconds latency = 0) {
    CommandRecord record;
    record.sequence = ++m_sequence;
    record.awaited = awaited;
    record.posted = posted;
    record.released = record.ready = ready;
    record.latency = latency;
    record.start = start;
    record.left = record.done = done;
    record.component = component;
    record.units = unitsOf(component);
    m_path.record(record);
    return record.begin;
  }
  /// The firmware sleeps until the last command is done, and that is the end.
  void end(Picoseconds from, Picoseconds to) {
    m_path.sleep(from, to);
    m_shares = m_path.cut(to);
    EXPECT_EQ(std::accumulate(m_shares.begin(), m_shares.end(), Picoseconds{0}), to - m_from);
    m_from = to;
  }
  Picoseconds share(Component component) const { return m_shares[index(component)]; }

  CriticalPath m_path;
  CriticalPath::Shares m_shares{};
  std::uint32_t m_sequence = 0;
  Picoseconds m_from = 0;
};

TEST_F(Path, OfOneCommandIsItsOwnTimeAndTheFirmwareUntilItIsPosted) {
  command(10, 10, 10, 30, Component::BankWeights);
  end(12, 30);
  EXPECT_EQ(share(Component::Firmware), 10);
  EXPECT_EQ(share(Component::BankWeights), 20);
}

TEST_F(Path, OfAChainGivesEachItsShare) {
  command(0, 0, 0, 20, Component::LinkWeights);
  command(0, 20, 20, 70, Component::BankWeights, 1);
  command(0, 70, 70, 75, Component::ControllerWeights, 2);
  end(0, 75);
  EXPECT_EQ(share(Component::LinkWeights), 20);
  EXPECT_EQ(share(Component::BankWeights), 50);
  EXPECT_EQ(share(Component::ControllerWeights), 5);
  EXPECT_EQ(share(Component::Firmware), 0);
}

TEST_F(Path, LeavesOutWhatRanInTheShadowOfSomethingLonger) {
  command(0, 0, 0, 100, Component::BankWeights);
  command(0, 0, 0, 40, Component::LinkKv);
  command(0, 100, 100, 110, Component::LinkWeights, 1);
  end(0, 110);
  EXPECT_EQ(share(Component::LinkKv), 0);
  EXPECT_EQ(share(Component::BankWeights), 100);
  EXPECT_EQ(share(Component::LinkWeights), 10);
}

TEST_F(Path, RunsThroughTheCommandThatHeldTheUnit) {
  command(0, 0, 0, 50, Component::BankKv);
  command(0, 0, 50, 80, Component::BankWeights);  // ready at 0, the bank free at 50
  end(0, 80);
  EXPECT_EQ(share(Component::BankKv), 50);
  EXPECT_EQ(share(Component::BankWeights), 30);
}

TEST_F(Path, LeavesTheHolderBeforeItsEndWhereBanksDriftApart) {
  command(0, 0, 0, 50, Component::BankKv);
  command(0, 0, 40, 80, Component::BankWeights);  // some of its banks were free before the last
  end(0, 80);
  EXPECT_EQ(share(Component::BankKv), 40);
  EXPECT_EQ(share(Component::BankWeights), 40);
}

TEST_F(Path, CountsTheFixedCostOfAnExchangeAsLatency) {
  command(0, 0, 40, 60, Component::LinkWeights, PIM_NO_SEQUENCE, 40);
  end(0, 60);
  EXPECT_EQ(share(Component::Latency), 40);
  EXPECT_EQ(share(Component::LinkWeights), 20);
}

TEST_F(Path, HidesLatencyBehindAUnitThatIsBusy) {
  command(0, 0, 0, 50, Component::LinkWeights);
  command(0, 0, 50, 60, Component::LinkWeights, PIM_NO_SEQUENCE, 40);
  end(0, 60);
  EXPECT_EQ(share(Component::Latency), 0);
  EXPECT_EQ(share(Component::LinkWeights), 60);
}

TEST_F(Path, GivesClockEdgesAndHopsToTheUnitThatWaitedForThem) {
  EXPECT_EQ(command(0, 0, 3, 30, Component::BankWeights), 0);
  EXPECT_EQ(command(0, 30, 32, 50, Component::BankWeights, 1), 30);
  end(0, 50);
  EXPECT_EQ(share(Component::BankWeights), 50);
  EXPECT_EQ(share(Component::Latency), 0);
}

TEST_F(Path, IsTheFirmwareAsLongAsItPostsLaterThanUnitsAreFree) {
  for (int i = 1; i <= 10; ++i) command(100 * i, 100 * i, 100 * i, 100 * i + 60, Component::BankWeights);
  end(1001, 1060);
  EXPECT_EQ(share(Component::Firmware), 1000);
  EXPECT_EQ(share(Component::BankWeights), 60);
}

TEST_F(Path, OfAFirmwareThatSleptGoesOnWithTheCommandThatWokeIt) {
  command(10, 10, 10, 60, Component::BankWeights);
  m_path.sleep(12, 60);
  command(75, 75, 75, 90, Component::LinkWeights);
  end(80, 90);
  EXPECT_EQ(share(Component::Firmware), 10 + 15);
  EXPECT_EQ(share(Component::BankWeights), 50);
  EXPECT_EQ(share(Component::LinkWeights), 15);
}

TEST_F(Path, IsCutWhereAPhaseEndsEvenWithCommandsInFlight) {
  command(0, 0, 0, 20, Component::LinkWeights);
  command(0, 20, 20, 70, Component::BankWeights, 1);
  const CriticalPath::Shares first = m_path.cut(30);
  EXPECT_EQ(first[index(Component::Firmware)], 30);  // which did not wait for them
  m_from = 30;
  end(35, 70);
  EXPECT_EQ(share(Component::BankWeights), 40);
  EXPECT_EQ(share(Component::Firmware), 0);
}

/// A chip with units of three kinds, a firmware that sleeps at times, and no rule but that a unit takes
/// commands in order.
TEST_F(Path, SumsUpToTheTimeAndNeverExceedsWhatAComponentWasBusyFor) {
  std::mt19937 random(7);
  const auto below = [&random](unsigned bound) { return static_cast<Picoseconds>(random() % bound); };
  std::vector<Picoseconds> done{0};
  std::array<Picoseconds, 8> unitFree{};
  CriticalPath::Shares busy{};
  Picoseconds now = 0, awake = 0, latest = 0;
  for (int i = 0; i < 20000; ++i) {
    now += below(8);
    const Component component = static_cast<Component>(below(6));
    const std::uint32_t window = static_cast<std::uint32_t>(std::min<std::size_t>(done.size() - 1, 40));
    const std::uint32_t back = window == 0 ? 0 : static_cast<std::uint32_t>(below(window));
    const auto latestIndex = static_cast<std::uint32_t>(done.size() - 1);
    const Picoseconds awaitedDone = done[latestIndex - back];
    const bool waits = latestIndex != 0 && below(3) != 0 && awaitedDone > now;
    const Picoseconds ready = waits ? awaitedDone : now;
    const Picoseconds latency = below(3) == 0 ? 7 : 0;
    Picoseconds& free = unitFree[static_cast<std::size_t>(unitsOf(component).kind)];
    // Sometimes an edge later; sometimes a bank of the unit was free before the last one.
    const Picoseconds start = std::max(ready + latency, free - below(5)) + below(3);
    const Picoseconds end = start + 1 + below(40);
    free = std::max(free, end);
    const std::uint32_t awaited = waits ? latestIndex - back : std::uint32_t{PIM_NO_SEQUENCE};
    const Picoseconds begin = command(now, ready, start, end, component, awaited, latency);
    ASSERT_LE(begin, start);
    ASSERT_GE(begin, ready + latency);
    busy[index(component)] += end - begin;
    busy[index(Component::Latency)] += latency;
    done.push_back(end);
    latest = std::max(latest, end);
    if (below(50) != 0 || latest <= now) continue;
    busy[index(Component::Firmware)] += now - awake;
    m_path.sleep(now, latest);
    now = awake = latest;
    if (below(4) != 0) continue;
    m_shares = m_path.cut(now);
    ASSERT_EQ(std::accumulate(m_shares.begin(), m_shares.end(), Picoseconds{0}), now - m_from);
    for (std::size_t part = 0; part < kComponents; ++part) {
      ASSERT_GE(m_shares[part], 0) << part;
      ASSERT_LE(m_shares[part], busy[part]) << part << " in the phase that ends with command " << i;
    }
    m_from = now;
    busy = {};
  }
  EXPECT_GT(m_from, 0);
}

}  // namespace
}  // namespace pim
