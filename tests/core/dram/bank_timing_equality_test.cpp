#include <gtest/gtest.h>

#include "tests/core/dram/dram_streams.h"
#include "tlm/core/dram/bank_timing.h"

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
    const auto active = static_cast<std::uint32_t>(random.number(1, timing.organisation.banksPerDie));
    const auto index = static_cast<std::uint32_t>(random.number(0, active - 1));
    BankTiming::State closed, exact;
    Discard observer;
    for (int i = 0; i < kStreams; ++i) {
      const StreamRequest request = random.request(timing, index, active);
      const DramCycles start = std::max<DramCycles>(0, closed.columnReady + random.gap());
      const Access a = bank.stream(closed, start, request);
      const Access b = bank.streamExact(exact, start, request, observer);
      ASSERT_EQ(a.firstColumn, b.firstColumn) << "settings " << seed << " stream " << i;
      ASSERT_EQ(a.lastColumn, b.lastColumn) << "settings " << seed << " stream " << i;
      ASSERT_EQ(a.end, b.end) << "settings " << seed << " stream " << i;
      ASSERT_EQ(a.counters.activates, b.counters.activates) << "settings " << seed << " stream " << i;
      ASSERT_EQ(a.counters.precharges, b.counters.precharges) << "settings " << seed << " stream " << i;
      ASSERT_EQ(a.counters.rowHits, b.counters.rowHits) << "settings " << seed << " stream " << i;
      ASSERT_EQ(a.counters.refreshes, b.counters.refreshes) << "settings " << seed << " stream " << i;
      ASSERT_TRUE(a.counters == b.counters) << "settings " << seed << " stream " << i;
      ASSERT_TRUE(closed == exact) << "settings " << seed << " stream " << i;
      total += a.counters;
      const std::uint64_t rows = request.columns / static_cast<std::uint64_t>(timing.columnsPerRow()) + 2;
      if (a.counters.activates + a.counters.rowHits > rows) ++interrupted;
    }
    const DramCycles later = closed.columnReady + random.gap();
    ASSERT_TRUE(bank.idleUntil(closed, later, index) == bank.idleUntilExact(exact, later, index, observer));
    ASSERT_TRUE(closed == exact) << "settings " << seed << " idle";
  }
  // The streams did meet what they are meant to meet.
  EXPECT_GT(total.rowHits, 1000u);
  EXPECT_GT(total.refreshes, 10000u);
  EXPECT_GT(interrupted, 100u);
}

}  // namespace
}  // namespace pim
