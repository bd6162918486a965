#include "core/dram/lateness_checker.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "core/dram/activation_arbiter.h"
#include "core/dram/timing_checker.h"

namespace pim {
namespace {

using Command = DramCommandKind;

/// What a bank was told and did, in its order.
struct Event {
  bool isStream;
  StreamArrival arrival;
  DramCommand command;
};
using Events = std::vector<Event>;

class EventRecorder : public DramObserver {
 public:
  void command(const DramCommand& command) override { events.push_back({false, {}, command}); }
  void stream(const StreamArrival& arrival) override { events.push_back({true, arrival, {}}); }
  Events events;
};

StreamRequest macs(std::uint64_t byteOffset, std::uint64_t columns) {
  StreamRequest request;
  request.byteOffset = byteOffset;
  request.columns = columns;
  return request;
}

struct Asked {
  DramCycles start;
  StreamRequest request;
};

/// `banks` banks are given the same streams, one after the other.
Events record(const DramTiming& timing, const std::vector<Asked>& asked, std::uint32_t banks) {
  EventRecorder recorder;
  const BankTiming dram(timing);
  std::vector<BankTiming::State> states(banks);
  ActivationArbiter arbiter(timing);
  for (const Asked& one : asked) {
    const StreamPlan plan = dram.plan(one.request);
    std::vector<BankTurn> turns;
    std::vector<std::vector<ServedStream>> served(banks);
    for (std::uint32_t b = 0; b < banks; ++b) {
      StreamRequest request = one.request;
      request.bank = b;
      if (timing.limitsActivation()) {
        turns.push_back({b, states[b], one.start, &plan, 1, &served[b]});
      } else {
        dram.streamExact(states[b], one.start, request, recorder);
      }
    }
    arbiter.serve(turns, one.start, true);
    for (const BankTurn& turn : turns) {
      StreamRequest request = one.request;
      request.bank = turn.bank;
      recorder.stream({request, one.start, served[turn.bank][0].command});
      replay(served[turn.bank][0].commands, recorder);
      states[turn.bank] = served[turn.bank][0].after;
    }
  }
  return recorder.events;
}

std::vector<TimingViolation> check(const DramTiming& timing, const Events& events) {
  TimingChecker checker(timing);
  DramCycles last = 0;
  for (const Event& event : events) {
    if (event.isStream) {
      checker.stream(event.arrival);
    } else {
      checker.command(event.command);
      last = std::max(last, event.command.cycle);
    }
  }
  checker.finish(last);
  return checker.violations();
}

/// Delays the n-th command of a kind of the last bank and all that the bank does after it.
void delay(Events& events, Command kind, int n, DramCycles by) {
  std::uint32_t bank = 0;
  for (const Event& event : events) bank = std::max(bank, event.command.bank);
  bool late = false;
  for (Event& event : events) {
    if (event.isStream || event.command.bank != bank) continue;
    if (event.command.kind == kind && n-- == 0) late = true;
    if (late) event.command.cycle += by;
  }
  EXPECT_TRUE(late);
}

/// Delays the first command of a kind alone.
void delayOne(Events& events, Command kind, DramCycles by) {
  for (Event& event : events) {
    if (event.isStream || event.command.kind != kind) continue;
    event.command.cycle += by;
    return;
  }
}

struct Plant {
  const char* name;
  const char* rule;
  std::function<void(DramSettings&)> settings;
  std::vector<Asked> asked;
  std::function<void(Events&)> damage;
  std::uint32_t banks = 1;
};

void quiet(DramSettings& s) {
  s.refresh = DramRefresh::Off;
}
void staggered(DramSettings& s) {
  quiet(s);
  s.activationLimit = DramActivationLimit::Staggered;
}
void enforced(DramSettings& s) {
  quiet(s);
  s.activationLimit = DramActivationLimit::Enforced;
}
void twoBuffers(DramSettings& s) {
  quiet(s);
  s.organisation.rowBuffers = 2;
}

const std::vector<Plant>& plants() {
  static const std::vector<Plant> all{
      {"FirstActivate",
       "late activate",
       quiet,
       {{100, macs(0, 64)}},
       [](Events& e) { delay(e, Command::Activate, 0, 1); }},
      {"Column", "late column", quiet, {{0, macs(0, 64)}}, [](Events& e) { delay(e, Command::Mac, 9, 1); }},
      {"FirstColumn",
       "late column",
       quiet,
       {{0, macs(0, 64)}},
       [](Events& e) { delay(e, Command::Mac, 0, 1); }},
      {"ColumnOfAnOpenRow",
       "late column",
       quiet,
       {{0, macs(0, 10)}, {900, macs(320, 10)}},
       [](Events& e) { delay(e, Command::Mac, 10, 1); }},
      {"Precharge",
       "late precharge",
       quiet,
       {{0, macs(0, 128)}},
       [](Events& e) { delay(e, Command::Precharge, 0, 1); }},
      {"NextRow",
       "late activate",
       quiet,
       {{0, macs(0, 128)}},
       [](Events& e) { delay(e, Command::Activate, 1, 1); }},
      {"NextRowOfTheOtherBuffer",
       "late activate",
       twoBuffers,
       {{0, macs(0, 128)}},
       [](Events& e) {
         // It hides behind the columns of the first row: nothing else comes later for it.
         for (Event& event : e) {
           if (event.command.kind == Command::Activate && event.command.row == 1) event.command.cycle += 1;
         }
       }},
      {"IdleRefresh",
       "late refresh",
       [](DramSettings&) {},
       {{0, macs(0, 64)}, {9000, macs(0, 64)}},
       [](Events& e) { delayOne(e, Command::Refresh, 1); }},
      {"PrechargeForAnIdleRefresh",
       "late precharge",
       [](DramSettings&) {},
       {{0, macs(0, 64)}, {9000, macs(0, 64)}},
       [](Events& e) { delayOne(e, Command::Precharge, 1); }},
      {"RefreshBetweenRows",
       "late refresh",
       [](DramSettings&) {},
       {{0, macs(0, 64 * 30)}},
       [](Events& e) { delay(e, Command::Refresh, 0, 1); }},
      {"StaggeredBankThatWaitsTooLong",
       "late activate",
       staggered,
       {{0, macs(0, 128)}},
       [](Events& e) { delay(e, Command::Activate, 0, 1); },
       16},
      {"StaggeredRowThatWaitsTooLong",
       "late activate",
       staggered,
       {{0, macs(0, 256)}},
       [](Events& e) { delay(e, Command::Activate, 2, 7); },
       9},
      {"StaggeredBanksInTwoGroups",
       "late activate",
       staggered,
       {{0, macs(0, 640)}},
       [](Events& e) {
         // As if each of two groups were a command of its own: the second follows the first.
         for (Event& event : e) {
           if (!event.isStream && event.command.bank >= 8) event.command.cycle += 2500;
         }
       },
       16},
      {"EnforcedRowOfAllBanks",
       "late activate",
       enforced,
       {{0, macs(0, 256)}},
       [](Events& e) {
         bool late[16] = {};
         int seen[16] = {};
         for (Event& event : e) {
           if (event.isStream) continue;
           const std::uint32_t bank = event.command.bank;
           if (event.command.kind == Command::Activate && seen[bank]++ == 1) late[bank] = true;
           if (late[bank]) event.command.cycle += 1;
         }
       },
       16},
      {"EnforcedColumn",
       "late column",
       enforced,
       {{0, macs(0, 64)}},
       [](Events& e) { delay(e, Command::Mac, 0, 1); },
       16},
  };
  return all;
}

void PrintTo(const Plant& plant, std::ostream* out) {
  *out << plant.name;
}

class PlantedLateness : public testing::TestWithParam<Plant> {};

TEST_P(PlantedLateness, IsCaughtByItsRule) {
  const Plant& plant = GetParam();
  DramSettings settings;
  plant.settings(settings);
  const DramTiming timing = resolveDramTiming(settings);
  Events events = record(timing, plant.asked, plant.banks);
  const auto before = check(timing, events);
  ASSERT_TRUE(before.empty()) << before.front().text();
  plant.damage(events);
  const auto after = check(timing, events);
  ASSERT_FALSE(after.empty());
  EXPECT_TRUE(std::any_of(after.begin(), after.end(), [&](const TimingViolation& v) {
    return v.rule == plant.rule;
  })) << after.front().text();
}

INSTANTIATE_TEST_SUITE_P(LatenessChecker, PlantedLateness, testing::ValuesIn(plants()),
                         [](const auto& plant) { return std::string(plant.param.name); });

TEST(LatenessChecker, SaysWhenTheCommandWasPossible) {
  DramSettings settings;
  quiet(settings);
  const DramTiming timing = resolveDramTiming(settings);
  Events events = record(timing, {{100, macs(0, 4)}}, 1);
  delay(events, Command::Activate, 0, 8);
  const auto violations = check(timing, events);
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_EQ(violations.front().text(), "late activate: bank 0, cycle 108, possible at 100");
}

}  // namespace
}  // namespace pim
