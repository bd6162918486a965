#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

namespace pim::test {

/// The seed of a random test: PIMTLM_SEED of the environment, which scripts/nightly.sh draws, or else
/// `fixed`. Printed.
inline std::uint32_t seedOr(std::uint32_t fixed) {
  const char* given = std::getenv("PIMTLM_SEED");
  const bool drawn = given != nullptr && *given != '\0';
  const auto seed = drawn ? static_cast<std::uint32_t>(std::strtoul(given, nullptr, 10)) : fixed;
  std::cout << "PIMTLM_SEED=" << seed << std::endl;
  ::testing::Test::RecordProperty("seed", std::to_string(seed));
  return seed;
}

/// The same for a test that runs at night only: a new one where none is given.
inline std::uint32_t nightlySeed() {
  return seedOr(std::random_device()());
}

}  // namespace pim::test
