// The best mapping against every mapping, over a hundred chips.
#include <gtest/gtest.h>

#include "tests/sim/sweep/mapping_equality.h"

namespace pim::sim {
namespace {

TEST(BestMappingNightly, IsTheBestOfAll) {
  expectBestMappings(2, 100, Stages::kDecodeAndPrefill);
}

}  // namespace
}  // namespace pim::sim
