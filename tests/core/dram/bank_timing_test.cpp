#include "core/dram/bank_timing.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "tests/core/dram/dram_streams.h"

namespace pim {
namespace {

using Kind = StreamRequest::Kind;

constexpr std::uint64_t kRowBytes = 2048;
constexpr std::uint64_t kRowColumns = 64;
constexpr std::uint64_t kMacSlice = 262144 / 32;  // 4096 x 4096 weights of 16 bits over 128 banks, in columns

// aim8 without refresh, in cycles of 0.5 ns.
DramSettings quiet() {
  DramSettings settings;
  settings.refresh = DramRefresh::Off;
  return settings;
}

BankTiming make(const DramSettings& settings) {
  return BankTiming(resolveDramTiming(settings));
}

StreamRequest request(Kind kind, std::uint64_t byteOffset, std::uint64_t columns, DramCycles interval = 0) {
  StreamRequest r;
  r.kind = kind;
  r.byteOffset = byteOffset;
  r.columns = columns;
  r.columnInterval = interval;
  return r;
}

Access run(const DramSettings& settings, const StreamRequest& r, DramCycles start = 0) {
  BankTiming::State state;
  return make(settings).stream(state, start, r);
}

DramCycles macTime(const DramSettings& settings, std::uint64_t columns) {
  return run(settings, request(Kind::Mac, 0, columns)).end;
}

TEST(BankTiming, ARowOf64MacColumnsCosts113Nanoseconds) {
  // 28 + 63 * 1 + 6 + 16 ns
  EXPECT_EQ(macTime(quiet(), 10 * kRowColumns) - macTime(quiet(), 9 * kRowColumns), 226);
  EXPECT_EQ(macTime(quiet(), 101 * kRowColumns) - macTime(quiet(), kRowColumns), 100 * 226);
}

TEST(BankTiming, TheFirstColumnWaitsForTheRowAsItsKindDemands) {
  EXPECT_EQ(run(quiet(), request(Kind::Read, 0, 1), 1000).firstColumn, 1000 + 36);
  EXPECT_EQ(run(quiet(), request(Kind::Mac, 0, 1), 1000).firstColumn, 1000 + 56);
  EXPECT_EQ(run(quiet(), request(Kind::Write, 0, 1), 1000).firstColumn, 1000 + 28);
}

TEST(BankTiming, ARowOpenedToWriteStillMakesAMacWaitForItsOwnDelay) {
  const BankTiming bank = make(quiet());
  BankTiming::State state;
  const Access write = bank.stream(state, 0, request(Kind::Write, 0, 1));
  EXPECT_EQ(write.end, 30);
  const Access mac = bank.stream(state, write.end, request(Kind::Mac, 32, 1));
  EXPECT_EQ(mac.firstColumn, 56);
  EXPECT_EQ(mac.counters.rowsFoundOpen, 1u);
}

TEST(BankTiming, AGemvSliceTakesTheTimeMeasuredOnThePublishedSimulator) {
  const double microseconds = static_cast<double>(macTime(quiet(), kMacSlice)) * 0.5e-3;
  EXPECT_NEAR(microseconds, 14.44, 14.44 * 0.005);
  EXPECT_EQ(macTime(quiet(), kMacSlice), 128 * 226 - (12 + 32) + 2);
}

TEST(BankTiming, AWrittenRowClosesAfterItsWriteRecovery) {
  const BankTiming bank = make(quiet());
  BankTiming::State state;
  const Access write = bank.stream(state, 0, request(Kind::Write, 0, 4));
  EXPECT_EQ(write.lastColumn, 28 + 3 * 2);
  const Access other = bank.stream(state, write.end, request(Kind::Read, kRowBytes, 1));
  EXPECT_EQ(other.firstColumn, write.lastColumn + 2 + 33 + 32 + 36);
}

TEST(BankTiming, AShortVisitStillKeepsTheRowOpenAndTheBankBusy) {
  const BankTiming bank = make(quiet());
  BankTiming::State state;
  bank.stream(state, 0, request(Kind::Read, 0, 1));
  // tRAS + tRP = 43 ns, but tRC = 44.5 ns.
  EXPECT_EQ(bank.stream(state, 0, request(Kind::Read, kRowBytes, 1)).firstColumn, 89 + 36);
}

TEST(BankTiming, RowsStayOpenAndHitsAreCounted) {
  const BankTiming bank = make(quiet());
  BankTiming::State state;
  const Access first = bank.stream(state, 0, request(Kind::Read, 96, 2 * kRowColumns));
  EXPECT_EQ(first.counters.activates, 3u);
  EXPECT_EQ(first.counters.precharges, 2u);
  EXPECT_EQ(first.counters.rowsFoundOpen, 0u);
  EXPECT_EQ(first.counters.columnReads, 2 * kRowColumns);
  const Access hit = bank.stream(state, first.end + 1000, request(Kind::Read, 2 * kRowBytes, 1));
  EXPECT_EQ(hit.counters.rowsFoundOpen, 1u);
  EXPECT_EQ(hit.counters.activates, 0u);
  EXPECT_EQ(hit.firstColumn, first.end + 1000);
  const Access miss = bank.stream(state, hit.end, request(Kind::Write, 0, 1));
  EXPECT_EQ(miss.counters.rowsFoundOpen, 0u);
  EXPECT_EQ(miss.counters.activates, 1u);
  EXPECT_EQ(miss.counters.columnWrites, 1u);
  EXPECT_EQ(miss.counters.columnReads, 0u);
}

TEST(BankTiming, ASlowConsumerSetsThePaceOfColumns) {
  const Access slow = run(quiet(), request(Kind::Mac, 0, kRowColumns, 10));
  EXPECT_EQ(slow.lastColumn - slow.firstColumn, 63 * 10);
  EXPECT_EQ(slow.end, slow.lastColumn + 10);
  EXPECT_EQ(run(quiet(), request(Kind::Mac, 0, kRowColumns, 1)).end, macTime(quiet(), kRowColumns));
}

TEST(BankTiming, ASecondRowBufferHidesTheActivationBehindTheColumns) {
  DramSettings settings = quiet();
  settings.organisation.rowBuffers = 2;
  // 64 columns take longer than tRTP + tRP + tRCD: the columns never stop.
  EXPECT_EQ(macTime(settings, kMacSlice), 56 + static_cast<DramCycles>(kMacSlice) * 2);
  // With 16 columns a row a buffer's turn is 56 + 30 + 12 + 32 cycles, and two rows share it.
  settings.organisation.pageBytes = 512;
  const DramCycles period = macTime(settings, 100 * 16) - macTime(settings, 98 * 16);
  EXPECT_EQ(period, 56 + 15 * 2 + 12 + 32);
}

TEST(BankTiming, RefreshCostsItsShareOfTime) {
  DramSettings on;
  const std::uint64_t columns = 4000 * kRowColumns;
  for (const std::int64_t postpone : {1, 8}) {
    on.refreshPostponeMax = postpone;
    const double with = static_cast<double>(macTime(on, columns));
    const double without = static_cast<double>(macTime(quiet(), columns));
    const double share = 120.0 / 1900;  // of all time
    EXPECT_NEAR(with / without - 1, share / (1 - share), 0.1 * share) << postpone;
  }
}

TEST(BankTiming, PostponingSavesReopeningTheRow) {
  DramSettings postponed, atOnce;
  postponed.refreshPostponeMax = 1;
  atOnce.refreshPostponeMax = 0;
  const StreamRequest stream = request(Kind::Mac, 0, 1000 * kRowColumns);
  const Access patient = run(postponed, stream);
  const Access prompt = run(atOnce, stream);
  EXPECT_EQ(patient.counters.activates, 1000u);
  EXPECT_GT(prompt.counters.activates, 1030u);  // more than half of about 63 refreshes meet a row at work
  EXPECT_GT(prompt.end, patient.end + 30 * (32 + 56));
}

TEST(BankTiming, AsManyRefreshesAsAllowedWaitForOneLongRow) {
  // A row of 64 columns at 400 cycles lasts 6.7 tREFI.
  const StreamRequest row = request(Kind::Mac, 0, kRowColumns, 400);
  const auto activates = [&](std::int64_t postpone) {
    DramSettings settings;
    settings.refreshPostponeMax = postpone;
    return run(settings, row).counters.activates;
  };
  EXPECT_EQ(activates(8), 1u);
  EXPECT_EQ(activates(4), 2u);
  EXPECT_EQ(activates(0), 7u);

  DramSettings settings;
  settings.refreshPostponeMax = 8;
  const BankTiming bank = make(settings);
  BankTiming::State state;
  const Access first = bank.stream(state, 0, row);
  EXPECT_EQ(first.counters.refreshes, 0u);
  const Access next = bank.stream(state, first.end, request(Kind::Mac, kRowBytes, 1));
  // Six were pending, a seventh fell due meanwhile: done one after the other at the change of rows.
  EXPECT_EQ(next.counters.refreshes, 7u);
  EXPECT_EQ(next.firstColumn, first.end + 32 + 7 * 240 + 56);
}

TEST(BankTiming, AnIdleBankRefreshesWhenItIsDue) {
  const BankTiming bank = make(DramSettings{});
  BankTiming::State state;
  bank.stream(state, 0, request(Kind::Mac, 0, 1));
  const Access late = bank.stream(state, 1'001'000, request(Kind::Mac, 0, 1));
  EXPECT_EQ(late.counters.refreshes, 1'001'000u / 3800);
  EXPECT_EQ(late.counters.precharges, 1u);
  EXPECT_EQ(late.counters.activates, 1u);
  EXPECT_EQ(late.firstColumn, 1'001'000 + 56);
}

TEST(BankTiming, ARequestDuringAnIdleRefreshWaitsForItsEnd) {
  BankTiming::State state;
  EXPECT_EQ(make(DramSettings{}).stream(state, 3800 + 10, request(Kind::Mac, 0, 1)).firstColumn,
            3800 + 240 + 56);
}

TEST(BankTiming, CountsRefreshesUpToAnyMoment) {
  const BankTiming bank = make(DramSettings{});
  BankTiming::State once, often;
  std::uint64_t sum = 0;
  for (DramCycles now = 777; now < 502'000; now += 777) sum += bank.idleUntil(often, now).refreshes;
  bank.idleUntil(often, 502'000);
  EXPECT_EQ(bank.idleUntil(once, 502'000).refreshes, 502'000u / 3800);
  EXPECT_EQ(sum, 502'000u / 3800);
  EXPECT_TRUE(once == often);
}

TEST(BankTiming, BanksRefreshInTurnWithPerBankRefresh) {
  DramSettings settings;
  settings.refresh = DramRefresh::PerBank;
  const BankTiming bank = make(settings);
  for (const std::uint32_t index : {0u, 5u}) {
    BankTiming::State state;
    StreamRequest r = request(Kind::Mac, 0, 1);
    r.bank = index;
    const DramCycles due = 3800 + 3800 * index / 16;
    EXPECT_EQ(bank.stream(state, due + 1, r).firstColumn, due + 120 + 56) << index;
  }
}

TEST(BankTiming, IdealIsColumnsBackToBack) {
  DramSettings settings;
  settings.model = DramTimingModel::Ideal;
  const Access access = run(settings, request(Kind::Mac, 0, kMacSlice), 100);
  EXPECT_EQ(access.firstColumn, 100);
  EXPECT_EQ(access.end, 100 + static_cast<DramCycles>(kMacSlice) * 2);
  EXPECT_EQ(access.counters.columnMacs, kMacSlice);
  EXPECT_EQ(access.counters.activates + access.counters.refreshes, 0u);
}

TEST(BankTiming, SegmentsRunBackToBack) {
  const BankTiming bank = make(DramSettings{});
  const StreamRequest segments[] = {request(Kind::Mac, 0, 100), request(Kind::Mac, 9 * kRowBytes, 7),
                                    request(Kind::Write, 9 * kRowBytes, 1)};
  BankTiming::State together, apart;
  const Access all = bank.stream(together, 50, segments, 3);
  DramCycles end = 50;
  DramCounters sum;
  for (const StreamRequest& segment : segments) {
    const Access one = bank.stream(apart, end, segment);
    end = one.end;
    sum += one.counters;
  }
  EXPECT_EQ(all.firstColumn, 50 + 56);
  EXPECT_EQ(all.end, end);
  EXPECT_TRUE(all.counters == sum);
  EXPECT_TRUE(together == apart);
}

TEST(BankTiming, BanksThatDifferedOnlyInTimeBecomeEqualWhenIdle) {
  const BankTiming bank = make(quiet());
  BankTiming::State a, b;
  bank.stream(a, 0, request(Kind::Mac, 0, 10));
  bank.stream(b, 37, request(Kind::Read, 64, 3));
  EXPECT_FALSE(a == b);
  bank.idleUntil(a, 5000);
  bank.idleUntil(b, 5000);
  EXPECT_TRUE(a == b);
}

TEST(BankTiming, BanksThatDifferedInTheirRowsBecomeEqualAfterARefresh) {
  const BankTiming bank = make(DramSettings{});
  BankTiming::State a, b;
  bank.stream(a, 0, request(Kind::Mac, 0, 10));
  bank.stream(b, 0, request(Kind::Write, 5 * kRowBytes, 3));
  EXPECT_FALSE(a == b);
  bank.idleUntil(a, 5000);
  bank.idleUntil(b, 5000);
  EXPECT_TRUE(a == b);
}

TEST(BankTiming, AStreamBeyondTheBankIsAnErrorOfTheModel) {
  BankTiming::State state;
  const std::uint64_t bytes = 32ull << 20;
  EXPECT_NO_THROW(make(quiet()).stream(state, 0, request(Kind::Read, bytes - 32, 1)));
  EXPECT_THROW(make(quiet()).stream(state, 0, request(Kind::Read, bytes - 32, 2)), std::logic_error);
}

}  // namespace
}  // namespace pim
