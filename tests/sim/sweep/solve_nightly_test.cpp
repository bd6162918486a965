// The cheapest chip that is good enough, against simulating every chip: twenty problems.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

#include "tests/sim/sweep/solve_problems.h"

namespace pim::sim {
namespace {

/// Others every night; PIMTLM_SEED repeats some.
TEST(SolveProblemsNightly, TheCheapestOfAllIsFoundWithATwentiethOfTheRuns) {
  const char* given = std::getenv("PIMTLM_SEED");
  const auto seed = static_cast<std::uint32_t>(
      given != nullptr ? std::strtoul(given, nullptr, 10) : static_cast<unsigned long>(std::time(nullptr)));
  fmt::print("PIMTLM_SEED={}\n", seed);
  expectSolved(seed, 20, 2000);
}

}  // namespace
}  // namespace pim::sim
