#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "core/dram/bank_timing.h"
#include "tests/core/dram/dram_streams.h"

namespace pim {
namespace {

class Discard : public DramObserver {
 public:
  void command(const DramCommand&) override { ++m_commands; }
  std::uint64_t commands() const { return m_commands; }

 private:
  std::uint64_t m_commands = 0;
};

TEST(BankTimingEquality, ClosedFormAndCommandByCommandAgreeOverRandomStreams) {
  constexpr int kSettings = 1500;
  constexpr int kStreams = 10;
  DramCounters total;
  std::uint64_t interrupted = 0;
  for (int seed = 0; seed < kSettings; ++seed) {
    test::RandomStreams random(static_cast<std::uint64_t>(seed));
    const DramTiming timing = resolveDramTiming(random.settings());
    const BankTiming bank(timing);
    const auto index = static_cast<std::uint32_t>(random.number(0, timing.organisation.banksPerDie - 1));
    BankTiming::State closed, exact;
    Discard observer;
    for (int i = 0; i < kStreams; ++i) {
      const StreamRequest request = random.request(timing, index);
      const DramCycles start = std::max<DramCycles>(0, closed.columnReady + random.gap());
      const Access a = bank.stream(closed, start, request);
      const Access b = bank.streamExact(exact, start, request, observer);
      ASSERT_EQ(a.firstColumn, b.firstColumn) << "settings " << seed << " stream " << i;
      ASSERT_EQ(a.lastColumn, b.lastColumn) << "settings " << seed << " stream " << i;
      ASSERT_EQ(a.end, b.end) << "settings " << seed << " stream " << i;
      ASSERT_EQ(a.counters.activates, b.counters.activates) << "settings " << seed << " stream " << i;
      ASSERT_EQ(a.counters.precharges, b.counters.precharges) << "settings " << seed << " stream " << i;
      ASSERT_EQ(a.counters.rowsFoundOpen, b.counters.rowsFoundOpen) << "settings " << seed << " stream " << i;
      ASSERT_EQ(a.counters.refreshes, b.counters.refreshes) << "settings " << seed << " stream " << i;
      ASSERT_TRUE(a.counters == b.counters) << "settings " << seed << " stream " << i;
      ASSERT_TRUE(closed == exact) << "settings " << seed << " stream " << i;
      total += a.counters;
      const std::uint64_t rows = request.columns / static_cast<std::uint64_t>(timing.columnsPerRow()) + 2;
      if (a.counters.activates + a.counters.rowsFoundOpen > rows) ++interrupted;
    }
    const DramCycles later = closed.columnReady + random.gap();
    ASSERT_TRUE(bank.idleUntil(closed, later, index) == bank.idleUntilExact(exact, later, index, observer));
    ASSERT_TRUE(closed == exact) << "settings " << seed << " idle";
  }
  // The streams did meet what they are meant to meet.
  EXPECT_GT(total.rowsFoundOpen, 1000u);
  EXPECT_GT(total.refreshes, 10000u);
  EXPECT_GT(interrupted, 100u);
}

TEST(BankTimingEquality, OnePlanServesEveryBankOfADie) {
  for (int seed = 0; seed < 500; ++seed) {
    test::RandomStreams random(static_cast<std::uint64_t>(seed));
    const DramTiming timing = resolveDramTiming(random.settings());
    const BankTiming dram(timing);
    const std::uint32_t banks = timing.organisation.banksPerDie;
    std::vector<BankTiming::State> alone(banks), planned(banks);
    for (int i = 0; i < 5; ++i) {
      StreamRequest request = random.request(timing, 0);
      const StreamPlan plan = dram.plan(request);
      for (std::uint32_t bank = 0; bank < banks; ++bank) {
        const DramCycles start = std::max<DramCycles>(0, alone[bank].columnReady + random.gap());
        request.bank = bank;
        const Access expected = dram.stream(alone[bank], start, request);
        DramCounters counters;
        ASSERT_EQ(dram.stream(planned[bank], start, plan, bank, counters), expected.end)
            << "settings " << seed << " bank " << bank;
        ASSERT_TRUE(counters == expected.counters) << "settings " << seed << " bank " << bank;
        ASSERT_TRUE(planned[bank] == alone[bank]) << "settings " << seed << " bank " << bank;
      }
    }
  }
}

/// Takes columns in runs, and keeps them one by one.
class RunRecorder : public test::Recorder {
 public:
  bool takesRuns() const override { return true; }
  void columns(const DramCommand& first, std::int64_t count, DramCycles interval) override {
    for (std::int64_t i = 0; i < count; ++i) {
      DramCommand one = first;
      one.cycle += i * interval;
      one.column += static_cast<std::uint32_t>(i);
      command(one);
    }
    if (count > 1) ++m_runs;
  }
  std::uint64_t runs() const { return m_runs; }

 private:
  std::uint64_t m_runs = 0;
};

TEST(BankTimingEquality, ColumnsInRunsAreTheSameColumns) {
  std::uint64_t runs = 0;
  for (int seed = 0; seed < 200; ++seed) {
    test::RandomStreams random(static_cast<std::uint64_t>(seed));
    const DramTiming timing = resolveDramTiming(random.settings());
    const BankTiming bank(timing);
    BankTiming::State single, inRuns;
    test::Recorder ones;
    RunRecorder recorder;
    for (int i = 0; i < 10; ++i) {
      const StreamRequest request = random.request(timing, 0);
      const DramCycles start = std::max<DramCycles>(0, single.columnReady + random.gap());
      const Access a = bank.streamExact(single, start, request, ones);
      const Access b = bank.streamExact(inRuns, start, request, recorder);
      ASSERT_EQ(a.end, b.end) << "settings " << seed << " stream " << i;
      ASSERT_TRUE(a.counters == b.counters && single == inRuns) << "settings " << seed << " stream " << i;
    }
    ASSERT_EQ(ones.commands().size(), recorder.commands().size()) << "settings " << seed;
    for (std::size_t i = 0; i < ones.commands().size(); ++i) {
      const DramCommand& a = ones.commands()[i];
      const DramCommand& b = recorder.commands()[i];
      ASSERT_TRUE(a.kind == b.kind && a.cycle == b.cycle && a.row == b.row && a.column == b.column)
          << "settings " << seed << " command " << i;
    }
    runs += recorder.runs();
  }
  EXPECT_GT(runs, 1000u);
}

}  // namespace
}  // namespace pim
