#include "tests/sim/commands/perplexity.h"

#include <gtest/gtest.h>

namespace pim::cli {
namespace {

TEST(Perplexity, OfTwoStoriesIsThatOfFloats) {
  expectPerplexityOfFloat(2);
}

}  // namespace
}  // namespace pim::cli
