#include "core/dram/activation_arbiter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/core/dram/dram_streams.h"

namespace pim {
namespace {

using Kind = StreamRequest::Kind;

constexpr std::uint64_t kRowColumns = 64;

DramSettings limited(DramActivationLimit limit) {
  DramSettings settings;
  settings.ns.tRrd = 5.5;
  settings.ns.tFaw = 21;
  settings.refresh = DramRefresh::Off;
  settings.activationLimit = limit;
  return settings;
}

StreamRequest macs(std::uint64_t columns) {
  StreamRequest request;
  request.columns = columns;
  return request;
}

/// A die all of whose banks, or those of a mask, are given the same stream.
class Die {
 public:
  explicit Die(const DramSettings& settings)
      : m_timing(resolveDramTiming(settings)), m_dram(m_timing), m_arbiter(m_timing), states(16) {}

  std::vector<Access> run(const StreamRequest& request, DramCycles start = 0, std::uint32_t mask = 0xFFFF) {
    const StreamPlan plan = m_dram.plan(request);
    std::vector<BankTurn> turns;
    std::vector<std::vector<ServedStream>> served(16);
    for (std::uint32_t b = 0; b < 16; ++b) {
      if ((mask >> b & 1) != 0) turns.push_back({b, states[b], start, &plan, 1, &served[b]});
    }
    m_arbiter.serve(turns, start, true);
    std::vector<Access> accesses;
    for (const BankTurn& turn : turns) {
      accesses.push_back(served[turn.bank][0].access);
      states[turn.bank] = served[turn.bank][0].after;
    }
    return accesses;
  }
  DramCycles lastOf(const StreamRequest& request, DramCycles start = 0, std::uint32_t mask = 0xFFFF) {
    DramCycles last = 0;
    for (const Access& access : run(request, start, mask)) last = std::max(last, access.end);
    return last;
  }
  Access alone(const StreamRequest& request) const {
    BankTiming::State state;
    return m_dram.stream(state, 0, request);
  }

 private:
  DramTiming m_timing;
  BankTiming m_dram;
  ActivationArbiter m_arbiter;

 public:
  std::vector<BankTiming::State> states;
};

TEST(ActivationArbiter, EnforcedColumnsBeginAfterTheLastBanksActivate) {
  Die die(limited(DramActivationLimit::Enforced));
  const DramCycles lastActivate = 15 * 11;
  for (const Access& access : die.run(macs(2 * kRowColumns))) {
    EXPECT_EQ(access.firstColumn, lastActivate + 56);
    EXPECT_EQ(access.lastColumn, 2 * (lastActivate + 56 + 63 * 2) + 12 + 32);
  }
}

TEST(ActivationArbiter, StaggeredBanksRunTheSameScheduleOneAfterTheOther) {
  Die die(limited(DramActivationLimit::Staggered));
  const std::vector<Access> banks = die.run(macs(2 * kRowColumns));
  for (std::size_t b = 0; b < banks.size(); ++b) {
    EXPECT_EQ(banks[b].firstColumn, 56 + 11 * static_cast<DramCycles>(b));
    EXPECT_EQ(banks[b].lastColumn - banks[b].firstColumn, 226 + 63 * 2);
  }
}

TEST(ActivationArbiter, StaggeredBanksKeepTheirPaceWhereTheLimitsLeaveRoom) {
  // 16 tRRD = 88 ns < 113 ns: a command of any length is longer by the stagger of the last bank.
  for (const std::uint64_t rows : {1ull, 2ull, 100ull}) {
    Die die(limited(DramActivationLimit::Staggered));
    EXPECT_EQ(die.lastOf(macs(rows * kRowColumns)), die.alone(macs(rows * kRowColumns)).end + 15 * 11)
        << rows;
  }
}

TEST(ActivationArbiter, StaggeredRowsFollowNoFasterThanTheDieMayActivate) {
  DramSettings settings = limited(DramActivationLimit::Staggered);
  settings.ns.tFaw = 40;  // 16 banks: 4 windows of 80 cycles, more than a row's 226
  Die die(settings), other(settings);
  EXPECT_EQ(die.lastOf(macs(100 * kRowColumns)) - other.lastOf(macs(kRowColumns)), 99 * 320);
}

TEST(ActivationArbiter, BanksThatCameApartKeepTheirPace) {
  for (const auto limit : {DramActivationLimit::Staggered, DramActivationLimit::Enforced}) {
    DramSettings settings = limited(limit);
    settings.refresh = DramRefresh::AllBank;
    Die together(settings), apart(settings);
    // Some banks do something of their own first, each at its own time and in its own row.
    DramCycles start = 20'000;
    for (std::uint32_t b = 0; b < 16; b += 3) {
      StreamRequest own = macs(5 + b);
      own.byteOffset = 2048 * (10 + b);
      apart.run(own, 37 * b, 1u << b);
    }
    EXPECT_NE(apart.states[0], apart.states[1]);
    StreamRequest request = macs(500 * kRowColumns);
    const DramCycles expected = together.lastOf(request, start) - start;
    const DramCycles found = apart.lastOf(request, start) - start;
    EXPECT_NEAR(static_cast<double>(found), static_cast<double>(expected),
                0.005 * static_cast<double>(expected));
  }
}

TEST(ActivationArbiter, OneBankDoesNotWaitForOthersThatDoNothing) {
  for (const auto limit : {DramActivationLimit::Staggered, DramActivationLimit::Enforced}) {
    Die die(limited(limit));
    EXPECT_EQ(die.run(macs(10 * kRowColumns), 0, 1u << 15)[0].end, die.alone(macs(10 * kRowColumns)).end);
  }
}

TEST(ActivationArbiter, ALaterCommandOfOtherBanksFillsTheGapsOfTheFirst) {
  Die die(limited(DramActivationLimit::Staggered));
  const StreamRequest request = macs(100 * kRowColumns);
  const DramCycles first = die.lastOf(request, 0, 0x00FF);
  const DramCycles second = die.lastOf(request, 0, 0xFF00);
  EXPECT_EQ(first, die.alone(request).end + 7 * 11);
  EXPECT_EQ(second, die.alone(request).end + 15 * 11);
}

TEST(ActivationArbiter, IsTheBankAloneWhereNoLimitCanBind) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    test::RandomStreams random(seed);
    DramSettings settings = random.settings();
    settings.activationLimit = DramActivationLimit::Staggered;
    settings.organisation.rowBuffers = 1;  // both buffers of a bank may not activate at once
    settings.ns.tRrd = settings.ns.tFaw = settings.ns.tCk;
    const DramTiming timing = resolveDramTiming(settings);
    const BankTiming dram(timing);
    ActivationArbiter arbiter(timing);
    BankTiming::State alone, arbitrated;
    DramCycles end = 0;
    for (int i = 0; i < 8; ++i) {
      const StreamRequest request = random.request(timing, 3);
      const StreamPlan plan = dram.plan(request);
      const DramCycles start = std::max<DramCycles>(0, end + std::max<DramCycles>(0, random.gap()));
      std::vector<ServedStream> served;
      std::vector<BankTurn> turns{{3, arbitrated, start, &plan, 1, &served}};
      arbiter.serve(turns, start, false);
      const Access expected = dram.stream(alone, start, request);
      ASSERT_EQ(served[0].access.firstColumn, expected.firstColumn) << "seed " << seed << " stream " << i;
      ASSERT_EQ(served[0].access.lastColumn, expected.lastColumn) << "seed " << seed << " stream " << i;
      ASSERT_EQ(served[0].access.end, expected.end) << "seed " << seed << " stream " << i;
      ASSERT_TRUE(served[0].access.counters == expected.counters) << "seed " << seed << " stream " << i;
      arbitrated = served[0].after;
      ASSERT_TRUE(arbitrated == alone) << "seed " << seed << " stream " << i;
      end = expected.end;
    }
  }
}

}  // namespace
}  // namespace pim
