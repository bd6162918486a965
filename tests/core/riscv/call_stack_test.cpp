#include "core/riscv/call_stack.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

namespace {

using namespace pim::riscv;

/// Three functions of 0x10 bytes, and code beyond them.
ElfImage threeFunctions() {
  ElfImage image;
  image.functions = {{0x100, 0x10, "outer"}, {0x110, 0x10, "middle"}, {0x120, 0x10, "inner"}};
  return image;
}

struct CallStackTest : testing::Test {
  /// Runs a block at each of the addresses; returns the stack behind the last of them.
  std::string after(const std::vector<std::uint32_t>& blocks) {
    for (const std::uint32_t pc : blocks) {
      const std::size_t before = stack.functions().size();
      step = stack.block(pc);
      EXPECT_EQ(stack.functions().size(), before - step.left + (step.entered ? 1 : 0));
    }
    std::vector<std::string> names;
    for (const ElfFunction* function : stack.functions()) names.push_back(functionName(function));
    return fmt::format("{}", fmt::join(names, ">"));
  }

  const ElfImage image = threeFunctions();
  CallStack stack{image};
  CallStack::Step step;
};

TEST_F(CallStackTest, ABlockAtTheBeginOfAFunctionCallsIt) {
  EXPECT_EQ(after({0x100, 0x104, 0x110, 0x120, 0x12E}), "outer>middle>inner");
}

TEST_F(CallStackTest, ABlockWithinACallerReturnsToIt) {
  EXPECT_EQ(after({0x100, 0x110, 0x120, 0x118}), "outer>middle");
  EXPECT_EQ(step.left, 1u);
  EXPECT_EQ(after({0x120, 0x104}), "outer");
  EXPECT_EQ(step.left, 2u) << "middle jumped to inner instead of calling it";
}

TEST_F(CallStackTest, AFunctionThatDidNotCallIsLeftAlone) {
  EXPECT_EQ(after({0x100, 0x110, 0x128}), "inner");
  EXPECT_EQ(step.left, 2u);
  EXPECT_EQ(after({0x200}), "(no function)");
}

TEST_F(CallStackTest, ALoopToTheFirstInstructionIsNoCall) {
  EXPECT_EQ(after({0x100, 0x110, 0x110, 0x110}), "outer>middle");
}

TEST_F(CallStackTest, JumpsFromFunctionToFunctionForEverKeepItsDepth) {
  for (int i = 0; i < 10000; ++i) after({0x100, 0x110});
  EXPECT_EQ(stack.functions().size(), CallStack::kDeepest);
  EXPECT_EQ(stack.functions().back(), &image.functions[1]);
}

}  // namespace
