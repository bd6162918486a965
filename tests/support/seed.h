#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

namespace pim::test {

inline std::uint32_t printedSeed(std::uint32_t seed) {
  const char* given = std::getenv("PIMTLM_SEED");
  if (given != nullptr && *given != '\0') seed = static_cast<std::uint32_t>(std::strtoul(given, nullptr, 10));
  std::cout << "PIMTLM_SEED=" << seed << std::endl;
  ::testing::Test::RecordProperty("seed", std::to_string(seed));
  return seed;
}

/// The seed of a random test that runs at night: PIMTLM_SEED of the environment, which
/// scripts/nightly.sh draws, or a new one. Printed.
inline std::uint32_t nightlySeed() {
  return printedSeed(std::random_device()());
}

/// The seed of a random test that runs at night and for every change: `fixed` where the environment does not
/// give PIMTLM_SEED.
inline std::uint32_t seedOr(std::uint32_t fixed) {
  return printedSeed(fixed);
}

}  // namespace pim::test
