#include <gtest/gtest.h>

#include "tests/sim/analysis/advice_check.h"
#include "tests/support/seed.h"

namespace pim::sim {
namespace {

/// Others every night; PIMTLM_SEED repeats one.
TEST(Advice, OnTwoHundredChipsGainsWhatItSays) {
  expectAdviceOnRandomChips(test::nightlySeed(), 200);
}

}  // namespace
}  // namespace pim::sim
