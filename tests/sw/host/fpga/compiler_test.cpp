#include "sw/host/fpga/compiler.h"

#include "core/base/error.h"
#include "sw/host/fpga/operators.h"
#include "tests/sw/host/fpga/flightllm.h"

namespace pim::host::fpga {
namespace {

using test::Machine;

std::string refusalOf(const std::function<void()>& work) {
  try {
    work();
  } catch (const UserError& error) {
    return error.what();
  }
  return "taken";
}

TEST(FpgaCompiler, CutsInputsAsTheBuffersNeed) {
  const auto cut = [](std::uint32_t blocks, std::uint32_t a) {
    return cutIntoPieces(blocks, a, 4, 16ULL * blocks, 4096, "fpga.a_buffer_depth");
  };
  EXPECT_EQ(cut(256, 4096).blocks, (std::vector<std::uint32_t>{128, 128}));
  EXPECT_EQ(cut(256, 4096).depth, 4U);
  EXPECT_EQ(cut(688, 4096).blocks, (std::vector<std::uint32_t>{114, 114, 114, 114, 114, 114, 4}));
  EXPECT_EQ(cut(688, 4096).depth, 4U);
  EXPECT_EQ(cut(256, 2048).blocks, (std::vector<std::uint32_t>(4, 64)));
  EXPECT_EQ(cut(256, 8192).blocks, (std::vector<std::uint32_t>{256}));
  EXPECT_EQ(cut(256, 8192).depth, 2U) << "the index of sparse weights is as long as half the weights";
  EXPECT_THROW(cut(256, 1), UserError);
}

TEST(FpgaCompiler, EveryTokenIsTakenAtManyShapesAndDepths) {
  Machine machine;
  machine.shape.layers = 2;
  for (const std::uint32_t heads : {4U, 32U}) {
    for (const std::uint32_t vocab : {500U, 32000U}) {
      for (const std::uint32_t depth : {1024U, 4096U, 16384U}) {
        for (const bool padding : {false, true}) {
          machine.shape.heads = heads;
          machine.shape.kvHeads = heads / 2;
          machine.shape.vocab = vocab;
          machine.options.depths.a = depth;
          machine.options.outputPadding = machine.options.loadPadding = padding;
          for (const std::uint32_t tokens : {1U, 17U, 128U, 300U})
            EXPECT_NO_THROW(machine.decode(tokens)) << heads << ' ' << vocab << ' ' << depth << ' ' << tokens;
          for (const std::uint32_t tokens : {1U, 100U, 128U, 700U})
            EXPECT_NO_THROW(machine.prefill(tokens))
                << heads << ' ' << vocab << ' ' << depth << ' ' << tokens;
        }
      }
    }
  }
}

TEST(FpgaCompiler, TimeGrowsWithWhatHasToBeDone) {
  Machine machine;
  const auto base = machine.decode(512).time;
  machine.timing.speedup *= 2;
  EXPECT_NEAR(static_cast<double>(machine.decode(512).time) * 2, static_cast<double>(base),
              1e-5 * static_cast<double>(base));
  machine = {};
  machine.options.density = 0.5;
  EXPECT_LT(machine.decode(512).time, base);
  machine = {};
  machine.options.weightBits = 8;
  EXPECT_GT(machine.decode(512).time, base);
  machine = {};
  machine.timing.channelBytesPerSecond /= 2;
  EXPECT_EQ(machine.decode(512).boundBy(), pim::fpga::Unit::Load);
}

TEST(FpgaCompiler, SmallBuffersAreRefusedByTheirKey) {
  Machine machine;
  EXPECT_EQ(refusalOf([&] { machine.decode(2064); }),
            "fpga.a_buffer_depth: expected room for two times 2064 elements of 512 outputs (4128), got 4096");
  machine.options.depths.a = 65536;
  EXPECT_EQ(refusalOf([&] { machine.decode(4096); }),
            "fpga.b_buffer_depth: expected room for 4096 elements of 32 heads (8192), got 4096");
  machine.options.depths.global = 32;
  EXPECT_EQ(refusalOf([&] { machine.decode(16); }),
            "fpga.global_buffer_depth: expected room for two rows of 4096 elements (64), got 32");
}

}  // namespace
}  // namespace pim::host::fpga
