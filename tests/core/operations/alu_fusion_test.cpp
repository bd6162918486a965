// ADD_RMSNORM against ADD and then RMSNORM: the same bits, for fewer bytes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "abi/pim_layout.h"
#include "core/arith/saturation.h"
#include "core/operations/alu_operation.h"
#include "tests/core/arith/arith_random.h"

namespace pim {
namespace {

class CountingMemory : public AluMemory {
 public:
  std::vector<std::uint8_t> bytes = std::vector<std::uint8_t>(1u << 18);
  std::uint64_t bytesRead = 0, bytesWritten = 0;

  void read(std::uint32_t address, void* to, std::uint32_t count) override {
    std::memcpy(to, bytes.data() + address, count);
    bytesRead += count;
  }
  void write(std::uint32_t address, const void* from, std::uint32_t count) override {
    std::memcpy(bytes.data() + address, from, count);
    bytesWritten += count;
  }
};

constexpr std::uint32_t kResidual = 0x100, kResult = 0x8000, kGain = 0x10000, kRecords = 0x20000;

/// Rows with gaps between them, in parts and tiles that end in padding.
pim_command fused(std::uint32_t rows, std::uint32_t count, std::uint8_t bits) {
  pim_command command{};
  command.opcode = PIM_OP_ADD_RMSNORM;
  command.column_parts = 2;
  pim_alu& alu = command.body.alu;
  alu.src = kResidual;
  alu.src2 = kResult;
  alu.src3 = kGain;
  alu.dst = kRecords;
  alu.rows = rows;
  alu.count = count;
  alu.src_stride = 4 * count + 8;
  alu.src2_stride = 4 * count + 20;
  alu.group = 32;
  alu.activation_bits = bits;
  alu.part_count = pim_round_up(pim_ceil_div(count, 2), 32);
  alu.tile_count = 64;
  alu.constant = 42950;
  return command;
}

pim_command sumOf(pim_command command) {
  command.opcode = PIM_OP_ADD;
  command.body.alu.dst = command.body.alu.src;
  command.body.alu.dst_stride = command.body.alu.src_stride;
  return command;
}

pim_command normOf(pim_command command) {
  command.opcode = PIM_OP_RMSNORM;
  command.body.alu.src2 = command.body.alu.src3;
  return command;
}

/// What the operations clip.
ClippedValues clippedBy(const std::vector<pim_command>& commands, AluMemory& memory) {
  const ClippedValues before = clippedValues();
  AluOperation operation;
  for (const pim_command& command : commands) operation.run(command, memory, true);
  ClippedValues clipped = clippedValues();
  for (std::size_t i = 0; i < clipped.size(); ++i) clipped[i] -= before[i];
  return clipped;
}

TEST(AddRmsnorm, GivesTheBitsOfAddAndRmsnorm) {
  ArithRandom random(3);
  std::uint64_t sums = 0, norms = 0;
  for (unsigned n = 0; n < 200; ++n) {
    const std::uint32_t count = 1 + random.below(300);
    const pim_command command = fused(1 + random.below(3), count, n % 2 == 0 ? 16 : 8);
    CountingMemory apart;
    const unsigned bits = n % 5 == 0 ? 32 : 1 + random.below(31);  // of 32, some sums saturate
    const auto fill = [&](std::uint32_t address, unsigned width) {
      const std::vector<Q16> values = random.values(1000, width);
      std::memcpy(apart.bytes.data() + address, values.data(), 4 * values.size());
    };
    fill(kResidual, bits);
    fill(kResult, bits);
    fill(kGain, n % 7 == 0 ? 32 : 18);
    CountingMemory together = apart;
    const ClippedValues expected = clippedBy({sumOf(command), normOf(command)}, apart);
    EXPECT_EQ(clippedBy({command}, together), expected);
    ASSERT_EQ(together.bytes, apart.bytes) << count << " elements, " << bits << " bits";
    EXPECT_EQ(apart.bytesRead - together.bytesRead, 4u * count * command.body.alu.rows);
    EXPECT_EQ(apart.bytesWritten, together.bytesWritten);
    sums += expected[static_cast<std::size_t>(ClippedAt::Residual)];
    norms += expected[static_cast<std::size_t>(ClippedAt::Norm)];
  }
  EXPECT_GT(sums, 100u);
  EXPECT_GT(norms, 10u);
}

}  // namespace
}  // namespace pim
