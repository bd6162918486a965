// The best mapping against every mapping: up to 1920 mappings for each of six jobs of a chip.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "tests/sim/sweep/mapping_equality.h"
#include "tests/support/seed.h"

namespace pim::sim {
namespace {

/// Others every night, for a quarter of an hour; PIMTLM_SEED repeats some, PIMTLM_CHIPS says how many.
TEST(BestMappingNightly, IsTheBestOfAll) {
  const char* chips = std::getenv("PIMTLM_CHIPS");
  expectBestMappings(test::nightlySeed(), chips != nullptr ? std::stoi(chips) : 20,
                     Stages::kDecodeAndPrefill);
}

}  // namespace
}  // namespace pim::sim
