#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

#include "tests/sim/commands/random_configurations.h"

namespace pim::cli {
namespace {

/// Others every night; PIMTLM_SEED repeats one, PIMTLM_CONFIGURATIONS says how many.
TEST(RandomConfigurations, GiveAResultOrOneLineWhateverTheSeed) {
  const char* given = std::getenv("PIMTLM_SEED");
  const char* count = std::getenv("PIMTLM_CONFIGURATIONS");
  const std::uint64_t seed = given != nullptr ? std::stoull(given) : std::random_device()();
  std::cout << "PIMTLM_SEED=" << seed << std::endl;
  RecordProperty("seed", std::to_string(seed));
  expectResultOrOneLine(seed, count != nullptr ? static_cast<std::uint32_t>(std::stoul(count)) : 2000, true);
}

}  // namespace
}  // namespace pim::cli
