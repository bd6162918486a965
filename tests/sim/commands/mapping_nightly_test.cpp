#include <gtest/gtest.h>

#include "tests/sim/commands/mapping_slice.h"

namespace pim::cli {
namespace {

TEST(TrainedModelMappings, AllWriteTheSameTextBitForBit) {
  expectSameTextUnderMappings(0, 1);
}

}  // namespace
}  // namespace pim::cli
