#include <gtest/gtest.h>

#include "tests/cli/mapping_slice.h"

namespace pim::cli {
namespace {

TEST(TrainedModelMappings, AllWriteTheSameTextBitForBit) {
  expectSameTextUnderMappings(0, 1);
}

}  // namespace
}  // namespace pim::cli
