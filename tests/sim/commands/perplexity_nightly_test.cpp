#include <gtest/gtest.h>

#include <limits>

#include "tests/sim/commands/perplexity.h"

namespace pim::cli {
namespace {

TEST(Perplexity, OfTheWholeSampleIsThatOfFloats) {
  expectPerplexityOfFloat(std::numeric_limits<std::size_t>::max());
}

}  // namespace
}  // namespace pim::cli
