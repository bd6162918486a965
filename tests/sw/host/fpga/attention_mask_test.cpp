#include "sw/host/fpga/attention_mask.h"

#include <gtest/gtest.h>

#include "core/base/error.h"

namespace pim::host::fpga {
namespace {

const std::string kHeader = "layer,head,kept_blocks,lower_triangle_rows\n";

std::string refusal(const std::string& text) {
  try {
    AttentionMask::fromText(text, "m.csv");
  } catch (const UserError& error) {
    return error.what();
  }
  return "taken";
}

TEST(AttentionMask, RowsAreReadFromTheLeft) {
  const AttentionMask mask = AttentionMask::fromText(kHeader + "0,1,4,1.2.6\n0,0,6,1.3.7\n", "m.csv");
  EXPECT_FALSE(mask.uniform());
  EXPECT_TRUE(mask.keeps(0, 1, 1, 0));  // 10
  EXPECT_FALSE(mask.keeps(0, 1, 1, 1));
  EXPECT_TRUE(mask.keeps(0, 1, 2, 0));  // 110
  EXPECT_TRUE(mask.keeps(0, 1, 2, 1));
  EXPECT_FALSE(mask.keeps(0, 1, 2, 2));
  EXPECT_TRUE(mask.keeps(0, 0, 2, 2));
  EXPECT_NO_THROW(mask.require(1, 2, 192));
  EXPECT_THROW(mask.require(1, 2, 193), UserError);
  EXPECT_THROW(mask.require(1, 3, 64), UserError);
  EXPECT_THROW(mask.require(2, 2, 64), UserError);
}

TEST(AttentionMask, WhatNeedsNoFile) {
  EXPECT_TRUE(AttentionMask::causal().keeps(3, 4, 5, 5));
  EXPECT_FALSE(AttentionMask::causal().keeps(3, 4, 5, 6));
  EXPECT_TRUE(AttentionMask::full().keeps(3, 4, 5, 6));
  EXPECT_NO_THROW(AttentionMask::causal().require(1000, 1000, 1000000));
}

TEST(AttentionMask, DamagedFilesAreRefusedWithTheirLine) {
  EXPECT_EQ(refusal(""), "m.csv:1: expected the line layer,head,kept_blocks,lower_triangle_rows");
  EXPECT_EQ(refusal(kHeader), "m.csv: expected a line for each head");
  EXPECT_EQ(refusal(kHeader + "0,0,1,2\n"), "m.csv:2: expected no block above the diagonal");
  EXPECT_EQ(refusal(kHeader + "0,0,1,1.0\n"), "m.csv:2: expected a block that is kept in each row");
  EXPECT_EQ(refusal(kHeader + "0,0,2,1.3\n"), "m.csv:2: expected 2 kept blocks, found 3");
  EXPECT_EQ(refusal(kHeader + "0,0,1,g\n"), "m.csv:2: expected rows of hexadecimal digits");
  EXPECT_EQ(refusal(kHeader + "0,0,1,1x\n"), "m.csv:2: expected nothing behind the last row");
  EXPECT_EQ(refusal(kHeader + "0,0,1,11111111111111111\n"), "m.csv:2: expected rows of hexadecimal digits");
  EXPECT_EQ(refusal(kHeader + "9999,0,1,1\n"), "m.csv:2: expected a layer from 0 to 1023");
  EXPECT_EQ(refusal(kHeader + "0,0,1,1\n0,0,1,1\n"), "m.csv: expected 1 layers of 1 heads, found 2 lines");
  EXPECT_EQ(refusal(kHeader + "0,0,1,1\n0,1,3,1.3\n"),
            "m.csv:3: expected 1 rows of blocks as before, found 2");
  EXPECT_EQ(refusal(kHeader + "0,0,1,1\n1,0,1,1\n0,1,1,1\n0,1,1,1\n"),
            "m.csv: expected layer 0, head 1 once");
}

}  // namespace
}  // namespace pim::host::fpga
