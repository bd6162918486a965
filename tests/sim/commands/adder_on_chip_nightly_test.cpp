#include <gtest/gtest.h>

#include "tests/sim/commands/adder_on_chip.h"

namespace pim::cli {
namespace {

TEST(AdderOnChip, ThousandSums) {
  EXPECT_GE(sumsRightOnChip(1000), 990u);
}

}  // namespace
}  // namespace pim::cli
