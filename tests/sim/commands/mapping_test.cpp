#include <gtest/gtest.h>

#include "tests/sim/commands/mapping_slice.h"

namespace pim::cli {
namespace {

TEST(TrainedModelMappings, ASliceWritesTheSameTextBitForBit) {
  expectSameTextUnderMappings(5, 19);
}

}  // namespace
}  // namespace pim::cli
