#include <gtest/gtest.h>

#include "sim/cosim/die_bench.h"
#include "tests/support/seed.h"

namespace pim::cosim {
namespace {

struct Chip {
  const char* name;
  std::uint32_t banks;
  std::uint32_t stallPercent;
  bool halfDuplex;
  bool narrowRam;
};

class DieBenchOfManyTransfers : public ::testing::TestWithParam<Chip> {};

TEST_P(DieBenchOfManyTransfers, FindsNoMismatch) {
  const Chip& chip = GetParam();
  DieBenchOptions options;
  options.transfers = 100'000;
  options.seed = test::nightlySeed();
  options.banks = chip.banks;
  options.stallPercent = chip.stallPercent;
  options.halfDuplex = chip.halfDuplex;
  options.narrowRam = chip.narrowRam;
  const DieBenchResult result = runDieBench(options);
  EXPECT_EQ(result.mismatch, "");
  EXPECT_EQ(result.total(), options.transfers);
}

INSTANTIATE_TEST_SUITE_P(Chips, DieBenchOfManyTransfers,
                         ::testing::Values(Chip{"FourBanks", 4, 0, false, false},
                                           Chip{"SixteenBanksThatStall", 16, 20, false, false},
                                           Chip{"HalfDuplexThatStallsMostly", 5, 60, true, false},
                                           Chip{"NarrowRamThatStalls", 7, 10, false, true},
                                           Chip{"NarrowRamHalfDuplex", 2, 0, true, true}),
                         [](const auto& chip) { return chip.param.name; });

}  // namespace
}  // namespace pim::cosim
