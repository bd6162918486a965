#include "core/dram/timing_checker.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "core/dram/activation_arbiter.h"
#include "core/dram/bank_timing.h"
#include "tests/core/dram/dram_streams.h"

namespace pim {
namespace {

using Kind = StreamRequest::Kind;
using Command = DramCommandKind;
using Commands = std::vector<DramCommand>;

constexpr std::uint64_t kRow = 2048;

/// What the banks of a die do that are given random commands: each bank by itself without a limit, all banks
/// of a command by the arbiter with one.
class RandomDie {
 public:
  RandomDie(const DramTiming& timing, test::RandomStreams& random, DramObserver& observer)
      : m_timing(timing), m_dram(timing), m_arbiter(timing), m_random(random), m_observer(observer) {
    m_states.resize(timing.organisation.banksPerDie);
  }

  /// A command to a random set of banks: the same streams for all, or others for some.
  void command() {
    m_now = std::max<DramCycles>(m_now, m_end + m_random.gap());
    const auto mask =
        static_cast<std::uint32_t>(m_random.number(1, (std::int64_t{1} << m_states.size()) - 1));
    const bool alike = m_random.number(0, 1) == 0;
    const std::vector<StreamRequest> common = requests();
    std::vector<std::vector<StreamPlan>> plans(m_states.size());
    for (std::uint32_t b = 0; b < m_states.size(); ++b) {
      if ((mask >> b & 1) == 0) continue;
      for (StreamRequest request : alike ? common : requests()) {
        request.bank = b;
        plans[b].push_back(m_dram.plan(request));
      }
    }
    m_timing.limitsActivation() ? together(plans) : alone(plans);
  }

  void idle(TimingChecker& checker) {
    for (std::uint32_t b = 0; b < m_states.size(); ++b)
      m_dram.idleUntilExact(m_states[b], m_end + 1, b, m_observer);
    checker.finish(m_end);
  }

 private:
  std::vector<StreamRequest> requests() {
    std::vector<StreamRequest> some;
    for (std::int64_t i = m_random.number(1, 3); i > 0; --i) some.push_back(m_random.request(m_timing, 0));
    return some;
  }
  void alone(const std::vector<std::vector<StreamPlan>>& plans) {
    for (std::uint32_t b = 0; b < plans.size(); ++b) {
      DramCycles start = m_now;
      for (const StreamPlan& plan : plans[b]) {
        start = m_dram.streamExact(m_states[b], start, plan.request, m_observer).end;
        m_end = std::max(m_end, start);
      }
    }
  }
  void together(const std::vector<std::vector<StreamPlan>>& plans) {
    std::vector<BankTurn> turns;
    std::vector<std::vector<ServedStream>> served(plans.size());
    for (std::uint32_t b = 0; b < plans.size(); ++b) {
      if (!plans[b].empty())
        turns.push_back({b, m_states[b], m_now, plans[b].data(), plans[b].size(), &served[b]});
    }
    m_arbiter.serve(turns, m_now, true);
    for (const BankTurn& turn : turns) {
      for (std::size_t i = 0; i < turn.count; ++i) {
        const ServedStream& one = served[turn.bank][i];
        m_observer.stream({turn.plans[i].request, one.arrival, one.command});
        replay(one.commands, m_observer);
        m_states[turn.bank] = one.after;
        m_end = std::max(m_end, one.access.end);
      }
    }
  }

  const DramTiming& m_timing;
  BankTiming m_dram;
  ActivationArbiter m_arbiter;
  test::RandomStreams& m_random;
  DramObserver& m_observer;
  std::vector<BankTiming::State> m_states;
  DramCycles m_now = 0;
  DramCycles m_end = 0;
};

TEST(TimingChecker, AcceptsWhatTheBanksOfADieDoUnderEveryPolicy) {
  std::uint64_t commands = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    test::RandomStreams random(seed);
    const DramTiming timing = resolveDramTiming(random.settings());
    TimingChecker checker(timing);
    RandomDie die(timing, random, checker);
    for (int i = 0; i < 8; ++i) die.command();
    die.idle(checker);
    commands += checker.commands();
    ASSERT_EQ(checker.violationCount(), 0u) << "seed " << seed << ": " << checker.violations().front().text();
  }
  EXPECT_GT(commands, 1'000'000u);
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

/// What `banks` banks do when each is given the requests of the script, under a limit all of them together.
Commands record(const DramTiming& timing, std::vector<Script> scripts, std::uint32_t banks = 1) {
  const BankTiming bank(timing);
  test::Recorder recorder;
  if (timing.limitsActivation()) {
    ActivationArbiter arbiter(timing);
    std::vector<BankTiming::State> states(banks);
    for (const Script& s : scripts) {
      const StreamPlan plan = bank.plan(s.request);
      std::vector<BankTurn> turns;
      std::vector<std::vector<ServedStream>> served(banks);
      for (std::uint32_t b = 0; b < banks; ++b)
        turns.push_back({b, states[b], s.start, &plan, 1, &served[b]});
      arbiter.serve(turns, s.start, true);
      for (std::uint32_t b = 0; b < banks; ++b) {
        StreamRequest request = s.request;
        request.bank = b;
        recorder.stream({request, s.start, served[b][0].command});
        replay(served[b][0].commands, recorder);
        states[b] = served[b][0].after;
      }
    }
    return recorder.commands();
  }
  for (std::uint32_t b = 0; b < banks; ++b) {
    BankTiming::State state;
    for (Script& s : scripts) {
      s.request.bank = b;
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
       {script(3802, Kind::Mac, 0, 4)},
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
         for (DramCommand& x : c) x.cycle += 3760;
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
