#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "tests/sim/commands/random_configurations.h"
#include "tests/support/seed.h"

namespace pim::cli {
namespace {

/// Others every night; PIMTLM_SEED repeats one, PIMTLM_CONFIGURATIONS says how many.
TEST(RandomConfigurations, GiveAResultOrOneLineWhateverTheSeed) {
  const char* count = std::getenv("PIMTLM_CONFIGURATIONS");
  expectResultOrOneLine(test::nightlySeed(),
                        count != nullptr ? static_cast<std::uint32_t>(std::stoul(count)) : 2000, true);
}

}  // namespace
}  // namespace pim::cli
