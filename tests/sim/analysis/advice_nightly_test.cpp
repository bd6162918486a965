#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

#include "tests/sim/analysis/advice_check.h"

namespace pim::sim {
namespace {

/// Others every night; PIMTLM_SEED repeats one.
TEST(Advice, OnTwoHundredChipsGainsWhatItSays) {
  const char* given = std::getenv("PIMTLM_SEED");
  const auto seed = static_cast<std::uint32_t>(given != nullptr ? std::stoul(given) : std::random_device()());
  std::cout << "PIMTLM_SEED=" << seed << std::endl;
  RecordProperty("seed", std::to_string(seed));
  expectAdviceOnRandomChips(seed, 200);
}

}  // namespace
}  // namespace pim::sim
