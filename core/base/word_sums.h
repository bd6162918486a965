#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace pim {

/// Arithmetic on structures that hold 64-bit sums and nothing else, word by word, so that a new sum needs no
/// second line. Two's complement: signed sums are added alike.
template <typename Sums>
class WordSums {
  static_assert(std::is_trivially_copyable_v<Sums> && std::has_unique_object_representations_v<Sums> &&
                    sizeof(Sums) % sizeof(std::uint64_t) == 0,
                "expected 64-bit numbers alone");

 public:
  static constexpr std::size_t kWords = sizeof(Sums) / sizeof(std::uint64_t);
  using Words = std::array<std::uint64_t, kWords>;

  static Words of(const Sums& sums) {
    Words words;
    std::memcpy(words.data(), &sums, sizeof sums);
    return words;
  }
  static Sums from(const Words& words) {
    Sums sums;
    std::memcpy(static_cast<void*>(&sums), words.data(), sizeof sums);
    return sums;
  }
  static void add(Sums& to, const Sums& sums) {
    combine(to, sums, [](std::uint64_t a, std::uint64_t b) { return a + b; });
  }
  static void subtract(Sums& from, const Sums& sums) {
    combine(from, sums, [](std::uint64_t a, std::uint64_t b) { return a - b; });
  }

 private:
  template <typename Combine>
  static void combine(Sums& a, const Sums& b, Combine combine) {
    Words words = of(a);
    const Words others = of(b);
    for (std::size_t i = 0; i < kWords; ++i) words[i] = combine(words[i], others[i]);
    a = from(words);
  }
};

}  // namespace pim
