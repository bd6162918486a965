#include "core/lockstep/lockstep.h"

#include <gtest/gtest.h>

#include <bitset>
#include <cstdint>
#include <memory>
#include <random>
#include <vector>

namespace pim {
namespace {

/// A member whose whole timing state is when it is free.
struct Unit {
  std::int64_t free = 0;
  int computed = 0;

  bool sameTiming(const Unit& other) const { return free == other.free; }
  void adoptTiming(const Unit& other) { free = other.free; }
};

using UnitIndex = Index<Unit>;
using UnitSet = IndexSet<UnitIndex>;
using Classes = LockstepClasses<Unit, UnitIndex>;

struct Visit {
  std::size_t leader;
  unsigned count;
  std::uint64_t members;
};

class Lockstep : public ::testing::Test {
 protected:
  void make(std::size_t size, bool exact = false) {
    m_units.assign(size, {});
    std::vector<Unit*> members;
    for (Unit& unit : m_units) members.push_back(&unit);
    m_classes = std::make_unique<Classes>(members, exact);
  }

  /// Runs a command of `time` on the members of the mask.
  std::vector<Visit> run(std::uint64_t mask, std::int64_t time) {
    std::vector<Visit> visits;
    m_classes->forEach(UnitSet::fromMask(mask), [&](UnitIndex leader, unsigned count, UnitSet members) {
      Unit& unit = m_units[leader.at()];
      unit.free += time;
      ++unit.computed;
      visits.push_back({leader.at(), count, members.mask()});
    });
    return visits;
  }

  std::int64_t freeOf(std::size_t member) const {
    return m_units[m_classes->leaderOf(UnitIndex(member)).at()].free;
  }

  std::vector<Unit> m_units;
  std::unique_ptr<Classes> m_classes;
};

TEST_F(Lockstep, ComputesOneForAllThatDoTheSame) {
  make(16);
  const std::vector<Visit> visits = run(0xFFFF, 10);
  ASSERT_EQ(visits.size(), 1u);
  EXPECT_EQ(visits[0].count, 16u);
  EXPECT_EQ(visits[0].members, 0xFFFFu);
  for (std::size_t i = 0; i < 16; ++i) EXPECT_EQ(freeOf(i), 10);
}

TEST_F(Lockstep, ComputesEveryMemberWhenExact) {
  make(16, true);
  EXPECT_EQ(run(0xFFFF, 10).size(), 16u);
  EXPECT_EQ(run(0x00F0, 10).size(), 4u);
  EXPECT_EQ(m_classes->classes(), 16u);
  for (std::size_t i = 0; i < 16; ++i) EXPECT_EQ(m_units[i].free, i >= 4 && i < 8 ? 20 : 10);
}

TEST_F(Lockstep, SplitsAClassThatIsAddressedInPart) {
  make(8);
  run(0xFF, 10);
  const std::vector<Visit> visits = run(0x0F, 5);
  ASSERT_EQ(visits.size(), 1u);
  EXPECT_EQ(visits[0].members, 0x0Fu);
  EXPECT_EQ(m_classes->classes(), 2u);
  for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(freeOf(i), i < 4 ? 15 : 10);
}

TEST_F(Lockstep, APartWithoutTheLeaderBeginsWhereTheLeaderWas) {
  make(8);
  run(0xFF, 10);
  EXPECT_EQ(run(0xF0, 5)[0].leader, 4u);
  EXPECT_EQ(freeOf(4), 15);  // 10 from the class it left
  EXPECT_EQ(freeOf(7), 15);
  EXPECT_EQ(freeOf(0), 10);
}

TEST_F(Lockstep, JoinsClassesThatCaughtUp) {
  make(8);
  run(0x0F, 5);
  EXPECT_EQ(m_classes->classes(), 2u);
  run(0xF0, 5);
  EXPECT_EQ(m_classes->classes(), 1u);
  EXPECT_EQ(run(0xFF, 1).size(), 1u);
}

TEST_F(Lockstep, DoesNotJoinWhatDiffers) {
  make(8);
  run(0x0F, 5);
  run(0xF0, 6);
  EXPECT_EQ(m_classes->classes(), 2u);
  EXPECT_EQ(run(0xFF, 1).size(), 2u);
}

TEST_F(Lockstep, VisitsWhatWasSplitOffOnlyOnce) {
  make(8);
  run(0x03, 1);
  run(0x0C, 2);  // classes 01, 23, 4567
  const std::vector<Visit> visits = run(0x1A, 10);
  std::uint64_t seen = 0;
  for (const Visit& visit : visits) {
    EXPECT_EQ(seen & visit.members, 0u);
    seen |= visit.members;
  }
  EXPECT_EQ(seen, 0x1Au);
  EXPECT_EQ(freeOf(1), 11);
  EXPECT_EQ(freeOf(3), 12);
  EXPECT_EQ(freeOf(4), 10);
  EXPECT_EQ(freeOf(0), 1);
  EXPECT_EQ(freeOf(2), 2);
  EXPECT_EQ(freeOf(7), 0);
}

TEST_F(Lockstep, IgnoresMembersThatDoNotExist) {
  make(4);
  EXPECT_EQ(run(~std::uint64_t{0}, 1)[0].members, 0xFu);
  EXPECT_TRUE(run(0xF0, 1).empty());
}

TEST_F(Lockstep, HasRoomFor64) {
  make(64);
  EXPECT_EQ(run(~std::uint64_t{0}, 1)[0].count, 64u);
  run(std::uint64_t{1} << 63, 1);
  EXPECT_EQ(freeOf(63), 2);
  EXPECT_EQ(freeOf(62), 1);
}

TEST_F(Lockstep, TakesOverTheClassesOfAnotherSet) {
  make(8);
  run(0x0F, 5);
  std::vector<Unit> units(8);
  std::vector<Unit*> members;
  for (Unit& unit : units) members.push_back(&unit);
  Classes other(members, false);
  other.adopt(*m_classes);
  EXPECT_EQ(other.classes(), 2u);
  EXPECT_EQ(units[other.leaderOf(UnitIndex(2)).at()].free, 5);
  EXPECT_EQ(units[other.leaderOf(UnitIndex(6)).at()].free, 0);
}

TEST_F(Lockstep, AsksNoMemberWhenExact) {
  Classes classes(std::vector<Unit*>(3, nullptr), true);
  std::vector<std::size_t> visited;
  classes.forEach(UnitSet::fromMask(0b101),
                  [&](UnitIndex leader, unsigned, UnitSet) { visited.push_back(leader.at()); });
  EXPECT_EQ(visited, (std::vector<std::size_t>{0, 2}));
}

TEST_F(Lockstep, ComparesTwoSetsMemberByMember) {
  make(8);
  run(0x0F, 5);
  std::vector<Unit> units(8);
  std::vector<Unit*> members;
  for (Unit& unit : units) members.push_back(&unit);
  Classes other(members, false);
  EXPECT_FALSE(other.sameTiming(*m_classes));
  other.adopt(*m_classes);
  EXPECT_TRUE(other.sameTiming(*m_classes));
  units[other.leaderOf(UnitIndex(7)).at()].free = 1;
  EXPECT_FALSE(other.sameTiming(*m_classes));
}

TEST_F(Lockstep, IsNeverAnotherResult) {
  std::mt19937 random(1);
  for (int trial = 0; trial < 200; ++trial) {
    const std::size_t size = 1 + random() % 20;
    make(size);
    std::vector<std::int64_t> expected(size);
    for (int command = 0; command < 40; ++command) {
      const std::uint64_t mask = random() % 3 == 0 ? ~std::uint64_t{0} : random();
      const std::int64_t time = 1 + random() % 3;
      std::uint64_t seen = 0;
      for (const Visit& visit : run(mask, time)) {
        EXPECT_EQ(std::bitset<64>(visit.members).count(), visit.count);
        seen += visit.members;
      }
      EXPECT_EQ(seen, mask & ((std::uint64_t{1} << size) - 1));
      for (std::size_t i = 0; i < size; ++i) expected[i] += (mask >> i & 1) != 0 ? time : 0;
      for (std::size_t i = 0; i < size; ++i) ASSERT_EQ(freeOf(i), expected[i]) << "member " << i;
    }
  }
}

}  // namespace
}  // namespace pim
