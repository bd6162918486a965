#include "core/base/address_map.h"

#include <gtest/gtest.h>

#include <string>

#include "core/base/error.h"

namespace pim {
namespace {

AddressMap twoRegions() {
  AddressMap map;
  map.add({"low", 0x1000, 0x100});
  map.add({"high", 0x1100, 0x200});
  return map;
}

TEST(AddressMap, FindsTheRegionAndTheOffsetWithin) {
  const AddressMap map = twoRegions();
  const auto hit = map.decode(0x1104, 4);
  ASSERT_TRUE(hit);
  EXPECT_EQ(hit->region, 1u);
  EXPECT_EQ(hit->offset, 4u);
}

TEST(AddressMap, HoldsTheFirstAndTheLastByteOfARegionAndNothingBeside) {
  const AddressMap map = twoRegions();
  EXPECT_TRUE(map.decode(0x1000, 1));
  EXPECT_TRUE(map.decode(0x12FF, 1));
  EXPECT_FALSE(map.decode(0x0FFF, 1));
  EXPECT_FALSE(map.decode(0x1300, 1));
}

TEST(AddressMap, DoesNotServeWhatCrossesIntoANeighbour) {
  const AddressMap map = twoRegions();
  EXPECT_TRUE(map.decode(0x10F0, 16));
  EXPECT_FALSE(map.decode(0x10F0, 17));
  EXPECT_FALSE(map.decode(0x10F0, ~std::uint64_t{0}));
}

TEST(AddressMap, ReachesTheEndOfTheAddressSpace) {
  AddressMap map;
  map.add({"top", 0xFFFF'FFFF'FFFF'FF00, 0x100});
  EXPECT_TRUE(map.decode(0xFFFF'FFFF'FFFF'FFFF, 1));
  EXPECT_FALSE(map.decode(0xFFFF'FFFF'FFFF'FFFF, 2));
}

std::string refusal(Region region) {
  AddressMap map = twoRegions();
  try {
    map.add(std::move(region));
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

TEST(AddressMap, RefusesOverlapsAndNamesBoth) {
  const std::string text = refusal({"late", 0x12FF, 1});
  EXPECT_NE(text.find("late"), std::string::npos) << text;
  EXPECT_NE(text.find("high"), std::string::npos) << text;
  EXPECT_NE(refusal({"around", 0, 0x10000}), "");
  EXPECT_EQ(refusal({"beside", 0x1300, 1}), "");
}

TEST(AddressMap, RefusesEmptyRegionsAndThoseThatWrapAround) {
  EXPECT_NE(refusal({"empty", 0x9000, 0}), "");
  EXPECT_NE(refusal({"wraps", 0xFFFF'FFFF'FFFF'FFFF, 2}), "");
  EXPECT_EQ(refusal({"last byte", 0xFFFF'FFFF'FFFF'FFFF, 1}), "");
}

TEST(DieAddress, CarriesMaskAndOffsetThroughTheWindows) {
  for (const std::uint32_t mask : {1u, 0xFFFFu, 0x8000'0001u, 0xFFFF'FFFFu}) {
    for (const std::uint32_t offset : {0u, 0x20'0000u, 0x3F'FFFFu}) {
      const std::uint64_t broadcast = DieAddress::broadcast(mask, offset);
      const std::uint64_t gather = DieAddress::gather(mask, offset);
      EXPECT_EQ(DieAddress::windowOf(broadcast), DieAddress::Broadcast);
      EXPECT_EQ(DieAddress::windowOf(gather), DieAddress::Gather);
      EXPECT_EQ(DieAddress::maskOf(broadcast), mask);
      EXPECT_EQ(DieAddress::bankOffsetOf(gather), offset);
      EXPECT_LT(gather, DieAddress::kWindowBytes);
    }
  }
  EXPECT_EQ(DieAddress::windowOf(DieAddress::bank(31, BankAddress::kBmem + 0x7FFF'FFFF)),
            DieAddress::Devices);
}

}  // namespace
}  // namespace pim
