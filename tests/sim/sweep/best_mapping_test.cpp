// The best mapping against every mapping.
#include "sim/sweep/best_mapping.h"

#include <gtest/gtest.h>

#include "tests/sim/sweep/mapping_equality.h"

namespace pim::sim {
namespace {

TEST(BestMapping, OfADecodeStepIsTheBestOfAll) {
  expectBestMappings(1, 1, Stages::kDecode);
}

TEST(BestMapping, OfAPrefillIsTheBestOfAll) {
  expectBestMappings(4, 2, Stages::kDecodeAndPrefill, {64});
}

}  // namespace
}  // namespace pim::sim
