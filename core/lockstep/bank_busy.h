#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/base/ids.h"
#include "core/base/time.h"

namespace pim {

/// The busy time of each bank of the chip. A command keeps up to a thousand banks busy, and
/// only a few different sets of banks occur, so times are kept per set until they are read.
class BankBusy {
 public:
  BankBusy() = default;
  BankBusy(std::uint32_t dies, std::uint32_t banksPerDie)
      : BankBusy(std::vector<Picoseconds>(std::size_t{dies} * banksPerDie), banksPerDie) {}
  /// Starts from given times.
  BankBusy(std::vector<Picoseconds> perBank, std::uint32_t banksPerDie)
      : m_banksPerDie(banksPerDie), m_perBank(std::move(perBank)) {}

  /// Adds `time` to these banks of each of these dies.
  void add(DieSet dies, BankSet banks, Picoseconds time) {
    if (dies.isSingle() && banks.isSingle()) return settle({dies, banks, time});
    Set& set = m_sets[(dies.mask() * 3 + banks.mask()) % kSets];
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
    DieSet dies;
    BankSet banks;
    Picoseconds time = 0;
  };
  static constexpr std::size_t kSets = 61;

  void settle(const Set& set) const {
    set.dies.forEach([&](DieIndex die) {
      Picoseconds* const row = &m_perBank[die.at() * m_banksPerDie];
      set.banks.forEach([&](BankIndex bank) { row[bank.at()] += set.time; });
    });
  }

  std::uint32_t m_banksPerDie = 0;
  mutable std::vector<Picoseconds> m_perBank;
  mutable std::array<Set, kSets> m_sets{};
};

}  // namespace pim
