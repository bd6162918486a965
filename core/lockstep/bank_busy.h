#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/base/time.h"

namespace pim {

/// How long each bank of the chip was busy. One command keeps a thousand banks busy and goes to one of few
/// sets of them, so times are kept by set until somebody asks.
class BankBusy {
 public:
  BankBusy() = default;
  BankBusy(std::uint32_t dies, std::uint32_t banksPerDie)
      : BankBusy(std::vector<Picoseconds>(std::size_t{dies} * banksPerDie), banksPerDie) {}
  /// Begins with times that were taken elsewhere.
  BankBusy(std::vector<Picoseconds> perBank, std::uint32_t banksPerDie)
      : m_banksPerDie(banksPerDie), m_perBank(std::move(perBank)) {}

  /// The banks of `banks` in each of `dies` (bit masks) were busy for `time`.
  void add(std::uint64_t dies, std::uint64_t banks, Picoseconds time) {
    if ((dies & (dies - 1)) == 0 && (banks & (banks - 1)) == 0) return settle({dies, banks, time});
    Set& set = m_sets[(dies * 3 + banks) % kSets];
    if (set.dies != dies || set.banks != banks) {
      settle(set);
      set = {dies, banks, 0};
    }
    set.time += time;
  }

  /// [die * banksPerDie + bank]
  const std::vector<Picoseconds>& perBank() const {
    for (Set& set : m_sets) {
      settle(set);
      set.time = 0;
    }
    return m_perBank;
  }
  Picoseconds operator[](std::size_t bank) const { return perBank()[bank]; }

 private:
  struct Set {
    std::uint64_t dies = 0;
    std::uint64_t banks = 0;
    Picoseconds time = 0;
  };
  static constexpr std::size_t kSets = 61;

  void settle(const Set& set) const {
    for (std::uint64_t dies = set.dies; dies != 0; dies &= dies - 1) {
      Picoseconds* row = &m_perBank[static_cast<std::size_t>(__builtin_ctzll(dies)) * m_banksPerDie];
      for (std::uint64_t banks = set.banks; banks != 0; banks &= banks - 1)
        row[__builtin_ctzll(banks)] += set.time;
    }
  }

  std::uint32_t m_banksPerDie = 0;
  mutable std::vector<Picoseconds> m_perBank;
  mutable std::array<Set, kSets> m_sets{};
};

}  // namespace pim
