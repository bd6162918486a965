#include "tests/sim/commands/random_configurations.h"

#include <gtest/gtest.h>

namespace pim::cli {
namespace {

TEST(RandomConfigurations, GiveAResultOrOneLine) {
  expectResultOrOneLine(1, 200, false);
}

}  // namespace
}  // namespace pim::cli
