#include "core/base/ids.h"

#include <gtest/gtest.h>

#include <type_traits>
#include <vector>

namespace pim::test {
namespace {

std::vector<std::uint32_t> listOf(BankSet set) {
  std::vector<std::uint32_t> list;
  set.forEach([&](BankIndex bank) { list.push_back(bank.value()); });
  return list;
}

TEST(Ids, OfDifferentKindsDoNotMix) {
  static_assert(!std::is_convertible_v<DieIndex, BankIndex>);
  static_assert(!std::is_convertible_v<std::uint32_t, BankIndex>);
  static_assert(!std::is_convertible_v<DieSet, BankSet>);
  EXPECT_LT(BankIndex(3), BankIndex(4));
}

TEST(Ids, ASetListsItsMembersFromTheLowestUp) {
  const BankSet set = BankSet(BankIndex(5)) | BankSet(BankIndex(0)) | BankSet(BankIndex(63));
  EXPECT_EQ(listOf(set), (std::vector<std::uint32_t>{0, 5, 63}));
  EXPECT_EQ(set.count(), 3u);
  EXPECT_EQ(set.first(), BankIndex(0));
  EXPECT_EQ(set.last(), BankIndex(63));
  EXPECT_TRUE(set.contains(BankIndex(5)));
  EXPECT_FALSE(set.contains(BankIndex(6)));
  EXPECT_FALSE(set.isSingle());
  EXPECT_TRUE(BankSet(BankIndex(63)).isSingle());
  EXPECT_TRUE(BankSet().empty());
  EXPECT_TRUE(listOf({}).empty());
}

TEST(Ids, SetsAreCutAndJoined) {
  const BankSet low = BankSet::fromMask(0b0011), middle = BankSet::fromMask(0b0110);
  EXPECT_EQ((low | middle).mask(), 0b0111u);
  EXPECT_EQ((low & middle).mask(), 0b0010u);
  EXPECT_EQ((low - middle).mask(), 0b0001u);
  EXPECT_TRUE((low | middle).contains(low));
  EXPECT_FALSE(low.contains(middle));
  EXPECT_NE(low, middle);
}

TEST(Ids, ARangeEndsWhereThe64thMemberDoes) {
  EXPECT_EQ(BankSet::range(0, 0).mask(), 0u);
  EXPECT_EQ(BankSet::range(2, 3).mask(), 0b11100u);
  EXPECT_EQ(BankSet::range(0, 64).mask(), ~std::uint64_t{0});
  EXPECT_EQ(BankSet::range(60, 64).mask(), std::uint64_t{0xF} << 60);
  EXPECT_EQ(BankSet::range(64, 1).mask(), 0u);
}

}  // namespace
}  // namespace pim::test
