#include "core/dram/timing_checker.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "core/dram/bank_timing.h"
#include "tests/core/dram/dram_streams.h"

namespace pim {
namespace {

using Kind = StreamRequest::Kind;
using Command = DramCommandKind;
using Commands = std::vector<DramCommand>;

constexpr std::uint64_t kRow = 2048;

TEST(TimingChecker, AcceptsWhatTheBanksOfADieDoUnderEveryPolicy) {
  std::uint64_t commands = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    test::RandomStreams random(seed);
    const DramTiming timing = resolveDramTiming(random.settings());
    const BankTiming bank(timing);
    TimingChecker checker(timing);
    const auto active = static_cast<std::uint32_t>(random.number(1, timing.organisation.banksPerDie));
    std::vector<BankTiming::State> states(timing.organisation.banksPerDie);
    DramCycles end = 0;
    for (int i = 0; i < 6; ++i) {
      StreamRequest request = random.request(timing, 0, active);
      const DramCycles start = std::max<DramCycles>(0, end + random.gap());
      for (std::uint32_t b = 0; b < active; ++b) {
        // Only without a limit may banks of a die go their own ways.
        if (timing.activationLimit == DramActivationLimit::Off) request = random.request(timing, b, active);
        request.bank = b;
        end = std::max(end, bank.streamExact(states[b], start, request, checker).end);
      }
    }
    for (std::uint32_t b = 0; b < states.size(); ++b) bank.idleUntilExact(states[b], end + 1, b, checker);
    checker.finish(end);
    commands += checker.commands();
    ASSERT_EQ(checker.violationCount(), 0u) << "seed " << seed << ": " << checker.violations().front().text();
  }
  EXPECT_GT(commands, 1'000'000u);
}

TEST(TimingChecker, AcceptsRequestsOfDifferentBanksUnderALimitWhenActivatesTakeTurns) {
  std::uint64_t activates = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    test::RandomStreams random(seed);
    const DramTiming timing = resolveDramTiming(random.settings());
    if (timing.activationLimit == DramActivationLimit::Off) continue;
    const BankTiming dram(timing);
    TimingChecker checker(timing);
    std::vector<BankTiming::State> states(timing.organisation.banksPerDie);
    DramCycles activateFree = 0;
    DramCycles now = 0;
    for (int i = 0; i < 12; ++i) {
      now = std::max<DramCycles>(0, now + random.gap());
      std::uint32_t mask = static_cast<std::uint32_t>(random.number(1, (1 << states.size()) - 1));
      StreamRequest request = random.request(timing, 0, 32 - static_cast<std::uint32_t>(__builtin_clz(mask)));
      while (mask != 0) {  // banks of equal state go together, the others after them
        const auto first = static_cast<std::uint32_t>(__builtin_ctz(mask));
        states[first].activateReady = std::max(states[first].activateReady, activateFree);
        const BankTiming::State before = states[first];
        for (std::uint32_t b = first; b < states.size(); ++b) {
          if ((mask >> b & 1) == 0) continue;
          states[b].activateReady = std::max(states[b].activateReady, activateFree);
          if (states[b] != before) continue;
          request.bank = b;
          activates += dram.streamExact(states[b], now, request, checker).counters.activates;
          mask &= ~(1u << b);
        }
        activateFree = std::max(activateFree, states[first].activateReady);
      }
    }
    ASSERT_EQ(checker.violationCount(), 0u) << "seed " << seed << ": " << checker.violations().front().text();
  }
  EXPECT_GT(activates, 100'000u);
}

struct Script {
  DramCycles start;
  StreamRequest request;
};

Script script(DramCycles start, Kind kind, std::uint64_t byteOffset, std::uint64_t columns,
              DramCycles interval = 0) {
  Script s{start, {}};
  s.request.kind = kind;
  s.request.byteOffset = byteOffset;
  s.request.columns = columns;
  s.request.columnInterval = interval;
  return s;
}

/// What `banks` banks do when each is given the requests of the script.
Commands record(const DramTiming& timing, std::vector<Script> scripts, std::uint32_t banks = 1) {
  const BankTiming bank(timing);
  test::Recorder recorder;
  for (std::uint32_t b = 0; b < banks; ++b) {
    BankTiming::State state;
    for (Script& s : scripts) {
      s.request.bank = b;
      s.request.activeBanks = banks;
      bank.streamExact(state, s.start, s.request, recorder);
    }
  }
  return recorder.commands();
}

std::vector<TimingViolation> check(const DramTiming& timing, const Commands& commands) {
  TimingChecker checker(timing);
  for (const DramCommand& c : commands) checker.command(c);
  return checker.violations();
}

/// The `n`-th command of a kind.
DramCommand& find(Commands& commands, Command kind, int n = 0) {
  const auto it = std::find_if(commands.begin(), commands.end(),
                               [&](const DramCommand& c) { return c.kind == kind && n-- == 0; });
  EXPECT_NE(it, commands.end());
  return *it;
}

void remove(Commands& commands, Command kind, int n = 0) {
  commands.erase(commands.begin() + (&find(commands, kind, n) - commands.data()));
}

struct Plant {
  const char* name;
  const char* rule;
  std::function<void(DramSettings&)> settings;
  std::vector<Script> scripts;
  std::function<void(Commands&)> damage;
  std::uint32_t banks = 1;
};

void quiet(DramSettings& s) {
  s.refresh = DramRefresh::Off;
}
void refreshing(DramSettings&) {}

const std::vector<Plant>& plants() {
  static const std::vector<Plant> all{
      {"ReadTooSoon",
       "tRCD (read)",
       quiet,
       {script(0, Kind::Read, 0, 4)},
       [](Commands& c) { --find(c, Command::Read).cycle; }},
      {"MacTooSoon",
       "tRCD (MAC)",
       quiet,
       {script(0, Kind::Mac, 0, 4)},
       [](Commands& c) { --find(c, Command::Mac).cycle; }},
      {"WriteTooSoon",
       "tRCD (write)",
       quiet,
       {script(0, Kind::Write, 0, 4)},
       [](Commands& c) { --find(c, Command::Write).cycle; }},
      {"MacAtTheDelayOfARead",
       "tRCD (MAC)",
       quiet,
       {script(0, Kind::Read, 0, 4)},
       [](Commands& c) { find(c, Command::Read).kind = Command::Mac; }},
      {"ActivateTooSoonAfterPrecharge",
       "tRP",
       quiet,
       {script(0, Kind::Mac, 0, 128)},
       [](Commands& c) { --find(c, Command::Activate, 1).cycle; }},
      {"ActivateTooSoonAfterActivate",
       "tRC",
       [](DramSettings& s) {
         quiet(s);
         s.ns.tRc = 90;
       },
       {script(0, Kind::Read, 0, 1), script(0, Kind::Read, kRow, 1)},
       [](Commands& c) { --find(c, Command::Activate, 1).cycle; }},
      {"PrechargeTooSoonAfterActivate",
       "tRAS",
       quiet,
       {script(0, Kind::Read, 0, 1), script(0, Kind::Read, kRow, 1)},
       [](Commands& c) { --find(c, Command::Precharge).cycle; }},
      {"PrechargeTooSoonAfterMac",
       "tRTP",
       quiet,
       {script(0, Kind::Mac, 0, 128)},
       [](Commands& c) { --find(c, Command::Precharge).cycle; }},
      {"PrechargeTooSoonAfterWrite",
       "tWR",
       quiet,
       {script(0, Kind::Write, 0, 128)},
       [](Commands& c) { --find(c, Command::Precharge).cycle; }},
      {"ColumnsTooClose",
       "tCCD",
       quiet,
       {script(0, Kind::Mac, 0, 64)},
       [](Commands& c) { --find(c, Command::Mac, 20).cycle; }},
      {"BanksActivateTooClose",
       "tRRD",
       [](DramSettings& s) {
         quiet(s);
         s.activationLimit = DramActivationLimit::Staggered;
       },
       {script(0, Kind::Mac, 0, 64)},
       [](Commands& c) { --find(c, Command::Activate, 2).cycle; },
       4},
      {"FiveActivatesInAWindow",
       "tFAW",
       [](DramSettings& s) {
         quiet(s);
         s.activationLimit = DramActivationLimit::Enforced;
         s.ns.tFaw = 40;
       },
       {script(0, Kind::Mac, 0, 64)},
       [](Commands& c) { --find(c, Command::Activate, 4).cycle; },
       5},
      {"RefreshWithAnOpenRow",
       "refresh with an open row",
       refreshing,
       {script(0, Kind::Mac, 0, 4), script(5000, Kind::Mac, 0, 4)},
       [](Commands& c) { remove(c, Command::Precharge); }},
      {"RefreshTooSoonAfterPrecharge",
       "tRP",
       refreshing,
       {script(0, Kind::Mac, 0, 4), script(5000, Kind::Mac, 0, 4)},
       [](Commands& c) { --find(c, Command::Refresh).cycle; }},
      {"ActivateDuringRefresh",
       "tRFC",
       refreshing,
       {script(3335, Kind::Mac, 0, 4)},
       [](Commands& c) { --find(c, Command::Activate).cycle; }},
      {"RefreshDuringRefresh",
       "tRFC",
       refreshing,
       {script(0, Kind::Mac, 0, 64, 200), script(12800, Kind::Mac, kRow, 1)},
       [](Commands& c) { --find(c, Command::Refresh, 1).cycle; }},
      {"RefreshForgotten",
       "refresh too late",
       [](DramSettings& s) { s.refreshPostponeMax = 1; },
       {script(0, Kind::Mac, 0, 64 * 100)},
       [](Commands& c) { remove(c, Command::Refresh); }},
      {"RefreshPutOffTooFar",
       "refresh too late",
       [](DramSettings& s) { s.refreshPostponeMax = 0; },
       {script(0, Kind::Mac, 0, 64)},
       [](Commands& c) {
         for (DramCommand& x : c) x.cycle += 3300;
       }},
      {"RefreshAheadOfItsTime",
       "refresh before it is due",
       refreshing,
       {script(5000, Kind::Mac, 0, 4)},
       [](Commands& c) { --find(c, Command::Refresh).cycle; }},
      {"PerBankRefreshOutOfTurn",
       "refresh before it is due",
       [](DramSettings& s) { s.refresh = DramRefresh::PerBank; },
       {script(5000, Kind::Mac, 0, 4)},
       [](Commands& c) { find(c, Command::Refresh).bank = 3; }},
      {"RefreshThoughOff",
       "refresh before it is due",
       quiet,
       {script(0, Kind::Mac, 0, 4)},
       [](Commands& c) {
         c.insert(c.begin(), DramCommand{Command::Refresh, 0, 1, 0, 0});
       }},
      {"ColumnOfAClosedRow",
       "column to a closed row",
       quiet,
       {script(0, Kind::Mac, 0, 4)},
       [](Commands& c) { remove(c, Command::Activate); }},
      {"ColumnOfAnotherRow",
       "column to the wrong row",
       quiet,
       {script(0, Kind::Mac, 0, 64)},
       [](Commands& c) { ++find(c, Command::Mac, 9).row; }},
      {"ColumnOfAnotherRowInItsBuffer",
       "column to the wrong row",
       [](DramSettings& s) {
         quiet(s);
         s.organisation.rowBuffers = 2;
       },
       {script(0, Kind::Mac, 0, 256)},
       [](Commands& c) { find(c, Command::Mac, 9).row += 2; }},
      {"ActivateOverAnOpenRow",
       "activate of an open bank",
       quiet,
       {script(0, Kind::Mac, 0, 128)},
       [](Commands& c) { remove(c, Command::Precharge); }},
      {"PrechargeOfAnotherRow",
       "precharge of another row",
       quiet,
       {script(0, Kind::Mac, 0, 128)},
       [](Commands& c) { ++find(c, Command::Precharge).row; }},
      {"RowBeyondTheBank",
       "row out of range",
       quiet,
       {script(0, Kind::Mac, 0, 4)},
       [](Commands& c) { find(c, Command::Mac, 3).row = 16384; }},
      {"ColumnBeyondTheRow",
       "column out of range",
       quiet,
       {script(0, Kind::Mac, 0, 4)},
       [](Commands& c) { find(c, Command::Mac, 3).column = 64; }},
      {"BankBeyondTheDie",
       "bank out of range",
       quiet,
       {script(0, Kind::Mac, 0, 4)},
       [](Commands& c) { find(c, Command::Mac, 3).bank = 16; }},
      {"TimeRunsBackwards",
       "time runs backwards",
       quiet,
       {script(0, Kind::Mac, 0, 4)},
       [](Commands& c) { find(c, Command::Mac, 0).cycle = -1; }},
  };
  return all;
}

void PrintTo(const Plant& plant, std::ostream* out) {
  *out << plant.name;
}

class PlantedViolation : public testing::TestWithParam<Plant> {};

TEST_P(PlantedViolation, IsCaughtByItsRule) {
  const Plant& plant = GetParam();
  DramSettings settings;
  plant.settings(settings);
  const DramTiming timing = resolveDramTiming(settings);
  Commands commands = record(timing, plant.scripts, plant.banks);
  const auto before = check(timing, commands);
  ASSERT_TRUE(before.empty()) << before.front().text();
  plant.damage(commands);
  const auto after = check(timing, commands);
  ASSERT_FALSE(after.empty());
  EXPECT_EQ(after.front().rule, plant.rule) << after.front().text();
}

INSTANTIATE_TEST_SUITE_P(TimingChecker, PlantedViolation, testing::ValuesIn(plants()),
                         [](const auto& plant) { return std::string(plant.param.name); });

TEST(TimingChecker, SaysWhatBrokeWhereAndWhenItWouldHaveBeenAllowed) {
  DramSettings settings;
  quiet(settings);
  const DramTiming timing = resolveDramTiming(settings);
  Commands commands = record(timing, {script(0, Kind::Mac, 0, 4)});
  find(commands, Command::Mac).cycle = 50;
  const auto violations = check(timing, commands);
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_EQ(violations.front().text(), "tRCD (MAC): bank 0, cycle 50, expected not before 56");
}

TEST(TimingChecker, MissesTheRefreshesOfABankThatNeverDoesAny) {
  const DramTiming timing = resolveDramTiming(DramSettings{});
  TimingChecker checker(timing);
  const BankTiming bank(timing);
  for (std::uint32_t b = 1; b < 16; ++b) {
    BankTiming::State state;
    bank.idleUntilExact(state, 100'000, b, checker);
  }
  checker.finish(100'000);
  ASSERT_EQ(checker.violationCount(), 1u);
  EXPECT_EQ(checker.violations().front().rule, "refresh too late");
  EXPECT_EQ(checker.violations().front().bank, 0u);
}

TEST(TimingChecker, HasNothingAgainstAPrechargeTwice) {
  DramSettings settings;
  quiet(settings);
  const DramTiming timing = resolveDramTiming(settings);
  Commands commands = record(timing, {script(0, Kind::Mac, 0, 128)});
  const DramCommand precharge = find(commands, Command::Precharge);
  commands.insert(commands.begin() + (&find(commands, Command::Precharge) - commands.data()), precharge);
  EXPECT_TRUE(check(timing, commands).empty());
}

}  // namespace
}  // namespace pim
