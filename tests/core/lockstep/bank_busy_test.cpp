#include "core/lockstep/bank_busy.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <vector>

namespace pim::test {
namespace {

TEST(BankBusy, AddsUpForEachBankWhateverTheSetsAndWheneverAsked) {
  constexpr std::uint32_t kDies = 64, kBanks = 16;
  BankBusy busy(kDies, kBanks);
  std::vector<Picoseconds> expected(kDies * kBanks);
  std::mt19937_64 random(5);
  std::vector<std::pair<std::uint64_t, std::uint64_t>> sets;
  for (int i = 0; i < 100; ++i) sets.emplace_back(random(), random() & 0xffff);
  for (int i = 0; i < 20000; ++i) {
    // Few sets most of the time, then many.
    const auto [dies, banks] = sets[random() % (i < 10000 ? 3 : sets.size())];
    const auto time = static_cast<Picoseconds>(random() % 100000);
    busy.add(DieSet::fromMask(dies), BankSet::fromMask(banks), time);
    for (std::uint32_t die = 0; die < kDies; ++die) {
      for (std::uint32_t bank = 0; bank < kBanks; ++bank) {
        if ((dies >> die & 1) != 0 && (banks >> bank & 1) != 0) expected[die * kBanks + bank] += time;
      }
    }
    if (i % 500 == 0) {
      ASSERT_EQ(busy.perBank(), expected) << i;
    }
  }
  EXPECT_EQ(busy.perBank(), expected);
  EXPECT_EQ(BankBusy(busy).perBank(), expected) << "a copy has it all";
  EXPECT_EQ(busy[37], expected[37]);
}

}  // namespace
}  // namespace pim::test
