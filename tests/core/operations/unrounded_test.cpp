// BankOperation::unrounded() explains every element of a result: against what execute() leaves in BRAM.
#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <vector>

#include "abi/pim_layout.h"
#include "core/base/fixed_point.h"
#include "core/operations/bank_operation.h"

namespace pim::test {
namespace {

class Unroundeds : public ::testing::Test {
 protected:
  Unroundeds() : bmem(64 * 1024), bram(64 * 1024) {
    for (std::uint8_t& byte : bmem) byte = static_cast<std::uint8_t>(random());
    for (std::uint8_t& byte : bram) byte = static_cast<std::uint8_t>(random());
  }

  /// Executes a command and compares each element of its results.
  void expectExplained(const pim_command& command, std::uint32_t elements) {
    ASSERT_EQ(checkBankCommand(command, bram.size(), bmem.size()), CommandCheck::Ok);
    const BankOperation& operation = bankOperation(command.opcode);
    const BankTask task{command, 0};
    const std::vector<std::uint8_t> before = bram;
    executeBankCommand(command, 0, bmem.data(), bram.data());
    const ResultLayout layout = operation.resultLayout(command);
    std::uint32_t seen = 0;
    for (const BramSpan& span : operation.results(task)) {
      for (std::uint32_t at = span.offset; at < span.offset + span.bytes; at += layout.bytes, ++seen) {
        const std::uint32_t index = (at - layout.begin) / layout.bytes;
        const auto from =
            operation.unrounded(task, bmem.data(), before.data(), index / layout.pitch, index % layout.pitch);
        ASSERT_TRUE(from);
        std::int32_t result = 0;
        std::memcpy(&result, &bram[at], sizeof result);
        ASSERT_EQ(result, sat32(roundShift(from->sum, from->shift))) << index;
      }
    }
    EXPECT_EQ(seen, elements);
  }

  std::mt19937 random{7};
  std::vector<std::uint8_t> bmem, bram;
};

TEST_F(Unroundeds, OfAMatrixWithAndWithoutEarlierSums) {
  pim_command command{};
  command.opcode = PIM_OP_MAC;
  command.banks_per_group = 1;
  command.body.mac.rows = 5;
  command.body.mac.out_rows = 7;
  command.body.mac.vectors = 3;
  command.body.mac.k = 192;
  command.body.mac.group = 32;
  command.body.mac.weight_bits = 5;
  command.body.mac.scale_bits = 16;
  command.body.mac.zero_bits = 8;
  command.body.mac.activation_bits = 8;
  command.body.mac.bram_out = 8192;
  command.body.mac.weight_exponent = -20;
  const std::uint32_t record = pim_activation_record_bytes(192, 32, 8);
  for (std::uint32_t v = 0; v < 3; ++v) {
    for (std::uint32_t i = 192; i < 198; ++i) bram[v * record + i] &= 7;  // shifts of groups
    bram[v * record + 198] = static_cast<std::uint8_t>(v);                // base exponent
  }
  expectExplained(command, 15);
  command.flags = PIM_FLAG_ACCUMULATE;
  expectExplained(command, 15);
  command.flags = PIM_FLAG_RAW;
  EXPECT_FALSE(bankOperation(PIM_OP_MAC).unrounded({command, 0}, bmem.data(), bram.data(), 0, 0))
      << "sums are not rounded";
}

TEST_F(Unroundeds, OfScoresAndWeightedValuesBehindAMask) {
  pim_command command{};
  command.banks_per_group = 1;
  command.flags = PIM_FLAG_MASKED;
  pim_attention& attention = command.body.attention;
  attention.length = 200;
  attention.tokens = 2;
  attention.heads_per_group = 2;
  attention.head_dim = 32;
  attention.kv_bits = 8;
  attention.pitch = 210;
  attention.multiplier = 50000;
  attention.multiplier_shift = 18;
  attention.mask_blocks = 3;
  attention.mask0 = 5;  // not the second block
  attention.bram_out = 16384;
  const std::uint32_t record = pim_query_record_bytes(2, 32);
  for (std::uint32_t t = 0; t < 2; ++t) {
    for (std::uint32_t h = 0; h < 2; ++h) bram[t * record + 2 * 64 + h] = static_cast<std::uint8_t>(t + h);
  }
  command.opcode = PIM_OP_SCORE;
  expectExplained(command, 2 * (200 - 64) + 2 * (201 - 64));
  command.opcode = PIM_OP_PV;
  expectExplained(command, 4 * 32);
  command.opcode = PIM_OP_SOFTMAX;
  EXPECT_FALSE(bankOperation(PIM_OP_SOFTMAX).unrounded({command, 0}, bmem.data(), bram.data(), 0, 0));
}

}  // namespace
}  // namespace pim::test
