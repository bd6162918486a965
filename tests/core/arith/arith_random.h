#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "core/base/fixed_point.h"

namespace pim {

/// Seeded values for property tests.
class ArithRandom {
 public:
  explicit ArithRandom(std::uint64_t seed) : m_engine(seed) {}

  /// 0..limit-1.
  std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>(m_engine() % limit); }

  /// Either sign, any magnitude below 2^bits: small and large values are equally likely.
  Q16 value(unsigned bits = 31) {
    // One draw after another: within one expression their order is the compiler's.
    const std::uint64_t all = m_engine();
    const std::uint64_t mask = (std::uint64_t{1} << (1 + below(bits))) - 1;
    const auto size = static_cast<std::int64_t>(all & mask);
    return sat32(m_engine() & 1 ? -size : size);
  }

  std::vector<Q16> values(std::uint32_t n, unsigned bits = 31) {
    std::vector<Q16> x(n);
    for (Q16& v : x) v = value(bits);
    return x;
  }

  /// Bytes 0..limit-1.
  std::vector<std::uint8_t> bytes(std::uint32_t n, std::uint32_t limit) {
    std::vector<std::uint8_t> x(n);
    for (auto& v : x) v = static_cast<std::uint8_t>(below(limit));
    return x;
  }

  std::vector<std::uint16_t> words(std::uint32_t n) {
    std::vector<std::uint16_t> x(n);
    for (auto& v : x) v = static_cast<std::uint16_t>(below(65536));
    return x;
  }

 private:
  std::mt19937_64 m_engine;
};

}  // namespace pim
