#include "sim/cosim/die_bench.h"

#include <gtest/gtest.h>

namespace pim::cosim {
namespace {

void expectEqual(const DieBenchOptions& options) {
  const DieBenchResult result = runDieBench(options);
  EXPECT_EQ(result.mismatch, "");
  EXPECT_EQ(result.total(), options.transfers);
  // Random accesses must have met every case.
  EXPECT_GT(result.data, options.transfers / 3);
  EXPECT_GT(result.doorbells, options.transfers / 20);
  EXPECT_GT(result.registers, options.transfers / 20);
  EXPECT_GT(result.refused, options.transfers / 20);
  EXPECT_GT(result.failed, options.transfers / 20);
}

DieBenchOptions options() {
  DieBenchOptions options;
  options.transfers = 6000;
  return options;
}

TEST(DieBench, RtlAndModelAgreeInEveryCycle) {
  expectEqual(options());
}

TEST(DieBench, PartnersThatStallHoldTheRtlAndChangeNothingElse) {
  DieBenchOptions stalls = options();
  stalls.stallPercent = 30;
  const DieBenchResult result = runDieBench(stalls);
  EXPECT_EQ(result.mismatch, "");
  EXPECT_GT(result.edges, result.cycles + result.cycles / 4);
}

TEST(DieBench, ASlowDieRamPortAndHalfDuplex) {
  DieBenchOptions narrow = options();
  narrow.banks = 3;
  narrow.halfDuplex = narrow.narrowRam = true;
  narrow.stallPercent = 10;
  expectEqual(narrow);
}

TEST(DieBench, SixteenBanks) {
  DieBenchOptions full = options();
  full.transfers = 3000;
  full.banks = 16;
  expectEqual(full);
}

}  // namespace
}  // namespace pim::cosim
