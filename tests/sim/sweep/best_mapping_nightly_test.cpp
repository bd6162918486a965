// The best mapping against every mapping, over a hundred chips.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "tests/sim/sweep/mapping_equality.h"

namespace pim::sim {
namespace {

/// PIMTLM_SEED says which chips, PIMTLM_CHIPS how many.
TEST(BestMappingNightly, IsTheBestOfAll) {
  const char* seed = std::getenv("PIMTLM_SEED");
  const char* chips = std::getenv("PIMTLM_CHIPS");
  expectBestMappings(seed != nullptr ? static_cast<std::uint32_t>(std::stoul(seed)) : 2,
                     chips != nullptr ? std::stoi(chips) : 100, Stages::kDecodeAndPrefill);
}

}  // namespace
}  // namespace pim::sim
