#include "core/observe/activity.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>

#include "sim/run/mapping.h"
#include "sim/run/simulation.h"
#include "sw/host/layout/planner.h"
#include "tests/platform/assembly/chip_run.h"
#include "tests/support/systemc_test.h"

namespace pim::test {
namespace {

using Interval = std::tuple<Picoseconds, Picoseconds, std::uint32_t>;  // begin, end, sequence

/// All that units tell, by unit; and the DRAM commands of bank 2 of die 1.
class Listener : public ActivityObserver, private DramObserver {
 public:
  std::map<std::pair<unsigned, unsigned>, std::vector<Interval>> banks;
  std::map<std::pair<unsigned, bool>, std::vector<Interval>> links;
  std::map<unsigned, std::vector<Interval>> rams;
  std::vector<Interval> memory;
  std::vector<Interval> sleeps;
  std::map<ActivityLine, bool> levels;
  std::map<ActivityLine, unsigned> rises;
  std::uint64_t commands = 0;
  std::vector<std::uint32_t> marks;
  std::vector<DramCommand> dram;
  unsigned hostDoorbells = 0;

  void onSleep(Picoseconds from, Picoseconds to) override { sleeps.emplace_back(from, to, 0u); }
  void onMark(std::uint32_t kind, std::uint32_t, Picoseconds) override { marks.push_back(kind); }
  void onDispatch(const pim_command&, std::uint32_t sequence) override { m_sequence = sequence; }
  void onTransfer(std::uint64_t dies, LinkDirection direction, std::uint64_t, Picoseconds begin,
                  Picoseconds end) override {
    forEachBit(dies, [&](unsigned die) {
      links[{die, direction == LinkDirection::Down}].emplace_back(begin, end, m_sequence);
    });
  }
  void onBankWork(std::uint64_t dies, std::uint64_t of, Picoseconds begin, Picoseconds end) override {
    forEachBit(dies, [&](unsigned die) {
      forEachBit(of, [&](unsigned bank) { banks[{die, bank}].emplace_back(begin, end, m_sequence); });
    });
  }
  void onCommand(const pim_command&, std::uint32_t sequence, const CommandRecord&, const Counters&) override {
    EXPECT_EQ(sequence, m_sequence);
    ++commands;
  }
  void onDieRam(std::uint64_t dies, Picoseconds begin, Picoseconds end) override {
    forEachBit(dies, [&](unsigned die) { rams[die].emplace_back(begin, end, m_sequence); });
  }
  void onControllerMemory(Picoseconds begin, Picoseconds end) override {
    memory.emplace_back(begin, end, m_sequence);
  }
  void onLine(ActivityLine line, bool level, Picoseconds) override {
    bool& now = levels[line];
    if (level && !now) ++rises[line];
    now = level;
  }
  void onHostDoorbell(Picoseconds) override { ++hostDoorbells; }
  DramObserver* dramObserver(const DramAccess& access, DramObserver* next) override {
    EXPECT_EQ(next, nullptr);
    return (access.dies >> 1 & 1) != 0 && (access.banks >> 2 & 1) != 0 ? this : next;
  }

 private:
  void command(const DramCommand& command) override { dram.push_back(command); }

  std::uint32_t m_sequence = 0;

  template <typename Visit>
  static void forEachBit(std::uint64_t mask, Visit visit) {
    for (; mask != 0; mask &= mask - 1) visit(static_cast<unsigned>(__builtin_ctzll(mask)));
  }
};

Picoseconds sum(const std::vector<Interval>& intervals) {
  Picoseconds total = 0;
  for (const auto& [begin, end, sequence] : intervals) total += end - begin;
  return total;
}

void expectNoOverlap(const std::vector<Interval>& intervals) {
  for (std::size_t i = 1; i < intervals.size(); ++i) {
    ASSERT_LE(std::get<1>(intervals[i - 1]), std::get<0>(intervals[i])) << i;
  }
}

class Activity : public SystemCTest {
 protected:
  sim::RunResult run(const platform::Overrides& overrides, Listener& listener) {
    sim::RunRequest request;
    request.config = platform::loadPreset("aim8", smallChip() + overrides);
    request.job.prompt = {1, 2, 3};
    request.job.generate = 3;
    request.job.ignoreEos = true;
    request.layout =
        host::planModel(tinyShape(), sim::chipShape(request.config), sim::mappingOptions(request.config), 5);
    request.observers = {&listener};
    return sim::simulate(request);
  }
};

TEST_F(Activity, AddsUpToWhatIsCounted) {
  Listener seen;
  const sim::RunResult result = run({}, seen);
  const Counters& counters = result.statistics.counters;

  EXPECT_EQ(seen.commands, counters.commands);
  EXPECT_GT(sum(seen.memory), 0);
  EXPECT_LT(sum(seen.memory), counters.controllerBusy);
  Picoseconds links = 0;
  for (const auto& [link, intervals] : seen.links) links += sum(intervals);
  EXPECT_EQ(links, counters.linkBusy);
  ASSERT_EQ(seen.banks.size(), 8u);
  for (const auto& [bank, intervals] : seen.banks) {
    EXPECT_EQ(sum(intervals), result.statistics.bankBusy[bank.first * 4 + bank.second]);
  }
  EXPECT_EQ(seen.hostDoorbells, 1u);
  EXPECT_EQ(seen.marks,
            (std::vector<std::uint32_t>{PIM_MARK_PREFILL, PIM_MARK_DECODE, PIM_MARK_DECODE, PIM_MARK_END}));
  EXPECT_EQ(seen.rises[ActivityLine::HostInterrupt], 4u) << "three tokens, and the end of the job";
  EXPECT_GT(seen.rises[ActivityLine::FirmwareInterrupt], 0u);
  EXPECT_GT(sum(seen.sleeps), 0);
  EXPECT_LT(sum(seen.sleeps), result.end);
}

TEST_F(Activity, OfOneUnitNeverOverlaps) {
  Listener seen;
  run({}, seen);
  for (const auto& [bank, intervals] : seen.banks) expectNoOverlap(intervals);
  for (const auto& [link, intervals] : seen.links) expectNoOverlap(intervals);
  for (const auto& [die, intervals] : seen.rams) expectNoOverlap(intervals);
  expectNoOverlap(seen.memory);
  expectNoOverlap(seen.sleeps);
}

TEST_F(Activity, OfEveryBankIsToldWhereALeaderStandsForIt) {
  Listener lockStep, exact;
  run({}, lockStep);
  sc_core::sc_simcontext second;
  sc_core::sc_simcontext* first = std::exchange(sc_core::sc_curr_simcontext, &second);
  run({"simulation.exact_banks=on"}, exact);
  sc_core::sc_curr_simcontext = first;

  EXPECT_EQ(lockStep.banks, exact.banks);
  EXPECT_EQ(lockStep.links, exact.links);
  EXPECT_EQ(lockStep.rams, exact.rams);
  EXPECT_EQ(lockStep.memory, exact.memory);
  ASSERT_EQ(lockStep.dram.size(), exact.dram.size());
  EXPECT_GT(exact.dram.size(), 1000u);
  for (std::size_t i = 0; i < exact.dram.size(); ++i) {
    const DramCommand& a = lockStep.dram[i];
    const DramCommand& b = exact.dram[i];
    ASSERT_TRUE(a.kind == b.kind && a.cycle == b.cycle && a.row == b.row && a.column == b.column) << i;
  }
}

}  // namespace
}  // namespace pim::test
