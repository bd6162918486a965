// The cheapest chip that is good enough, against simulating every chip.
#include <gtest/gtest.h>

#include "tests/sim/sweep/solve_problems.h"

namespace pim::sim {
namespace {

TEST(SolveProblems, TheCheapestOfAllIsFoundWithATwentiethOfTheRuns) {
  expectSolved(3, 1, 2000);
}

}  // namespace
}  // namespace pim::sim
