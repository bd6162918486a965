// The cheapest chip that is good enough, against simulating every chip: twenty problems.
#include <gtest/gtest.h>

#include "tests/sim/sweep/solve_problems.h"
#include "tests/support/seed.h"

namespace pim::sim {
namespace {

/// Others every night; PIMTLM_SEED repeats some.
TEST(SolveProblemsNightly, TheCheapestOfAllIsFoundWithATwentiethOfTheRuns) {
  expectSolved(test::nightlySeed(), 20, 2000);
}

}  // namespace
}  // namespace pim::sim
