#include "core/dram/dram_timing.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "core/base/error.h"

namespace pim {
namespace {

std::string refusal(const std::function<void(DramSettings&)>& change) {
  DramSettings settings;
  change(settings);
  try {
    resolveDramTiming(settings);
  } catch (const UserError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(DramTiming, Aim8InCyclesOfHalfANanosecond) {
  const DramTiming timing = resolveDramTiming(DramSettings{});
  EXPECT_EQ(timing.tCkPs, 500);
  EXPECT_EQ(timing.tRcdRead, 36);
  EXPECT_EQ(timing.tRcdMac, 56);
  EXPECT_EQ(timing.tRcdWrite, 28);
  EXPECT_EQ(timing.tRp, 32);
  EXPECT_EQ(timing.tRas, 54);
  EXPECT_EQ(timing.tRc, 89);
  EXPECT_EQ(timing.tCcd, 2);
  EXPECT_EQ(timing.tWr, 33);
  EXPECT_EQ(timing.tRtp, 12);
  EXPECT_EQ(timing.tRrd, 13);
  EXPECT_EQ(timing.tFaw, 48);
  EXPECT_EQ(timing.tRefi, 3800);
  EXPECT_EQ(timing.tRfc, 240);
  EXPECT_EQ(timing.tRfcPb, 120);
  EXPECT_EQ(timing.columnsPerRow(), 64);
  EXPECT_EQ(timing.rowsPerBank(), 16384);
}

TEST(DramTiming, RoundsUpToWholeCycles) {
  DramSettings settings;
  settings.ns.tCk = 0.3;
  settings.ns.tRp = 15.9;  // 53 cycles exactly, though not in binary fractions
  settings.ns.tCcd = 0.91;
  const DramTiming timing = resolveDramTiming(settings);
  EXPECT_EQ(timing.tRp, 53);
  EXPECT_EQ(timing.tCcd, 4);
}

TEST(DramTiming, RefusesWhatNoDramCanDoAndNamesTheRule) {
  EXPECT_EQ(refusal([](DramSettings& s) { s.ns.tRas = 23; }),
            "dram.t_ras_ns: expected at least t_rcd_read_ns + t_rtp_ns = 24 ns, got 23 ns");
  EXPECT_EQ(refusal([](DramSettings& s) { s.ns.tRc = 42; }),
            "dram.t_rc_ns: expected at least t_ras_ns + t_rp_ns = 43 ns, got 42 ns");
  EXPECT_EQ(refusal([](DramSettings& s) { s.ns.tCcd = 0; }), "dram.t_ccd_ns: expected more than 0");
  EXPECT_EQ(refusal([](DramSettings& s) { s.ns.tRfc = 1901; }),
            "dram.t_rfc_ns: expected less than t_refi_ns = 1900 ns, got 1901 ns");
  EXPECT_EQ(refusal([](DramSettings& s) { s.ns.tRefi = 200; }).rfind("dram.t_refi_ns: expected more than", 0),
            0u);
  EXPECT_EQ(refusal([](DramSettings& s) { s.ns.tCk = 0; }), "dram.t_ck_ns: expected more than 0");
  EXPECT_EQ(
      refusal([](DramSettings& s) { s.ns.tCk = 0.0005; }).rfind("dram.t_ck_ns: expected a whole number", 0),
      0u);
  EXPECT_EQ(refusal([](DramSettings& s) { s.ns.tRp = -1; }).rfind("dram.t_rp_ns: expected between 0", 0), 0u);
  EXPECT_EQ(refusal([](DramSettings& s) { s.ns.tWr = std::stod("nan"); }).rfind("dram.t_wr_ns: expected", 0),
            0u);
  EXPECT_EQ(refusal([](DramSettings& s) {
              s.activationLimit = DramActivationLimit::Enforced;
              s.ns.tFaw = 5;
            }),
            "dram.t_faw_ns: expected at least t_rrd_ns = 6.3 ns, got 5 ns");
  EXPECT_EQ(refusal([](DramSettings& s) { s.organisation.rowBuffers = 3; }),
            "dram.row_buffers: expected 1 or 2");
  EXPECT_EQ(refusal([](DramSettings& s) { s.organisation.pageBytes = 2000; }),
            "dram.page_bytes: expected a power of two, at least column_bytes = 32");
  EXPECT_EQ(refusal([](DramSettings& s) { s.refreshPostponeMax = -1; }),
            "dram.refresh_postpone_max: expected between 0 and 1000000");
}

TEST(DramTiming, IgnoresRefreshTimesWhenRefreshIsOff) {
  EXPECT_EQ(refusal([](DramSettings& s) {
              s.refresh = DramRefresh::Off;
              s.ns.tRfc = 5000;
            }),
            "accepted");
}

}  // namespace
}  // namespace pim
