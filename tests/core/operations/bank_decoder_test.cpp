#include "core/operations/bank_decoder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

namespace pim::test {
namespace {

constexpr std::uint64_t kBram = 64 * 1024;

/// Head `banks` wide with `length` tokens cached.
pim_command score(std::uint8_t banks, std::uint32_t length) {
  pim_command command{};
  command.opcode = PIM_OP_SCORE;
  command.groups = 1;
  command.banks_per_group = banks;
  pim_attention& attention = command.body.attention;
  attention.bram_out = 4096;
  attention.length = length;
  attention.tokens = 1;
  attention.heads_per_group = 1;
  attention.head_dim = 128;
  attention.kv_bits = 16;
  attention.pitch = 1024;
  return command;
}

class BankDecoderTest : public ::testing::Test {
 protected:
  const DecodedCommand& decode(const pim_command& command, std::uint32_t bank) {
    return m_decoder.decode(&command, bank, m_compute, kBram, m_dram);
  }
  void expectWorkOf(const pim_command& command, std::uint32_t bank) {
    const DecodedCommand& decoded = decode(command, bank);
    const BankOperation& operation = bankOperation(command.opcode);
    const BankTask task{command, bank};
    ASSERT_EQ(decoded.check, CommandCheck::Ok);
    std::vector<ColumnRun> runs;
    operation.appendRuns(task, runs);
    std::vector<std::uint64_t> expected, found;
    for (const ColumnRun& run : runs)
      expected.insert(expected.end(), {run.offset, run.columns, run.write ? 1u : 0u});
    for (const StreamPlan& stream : decoded.streams) {
      const StreamRequest& request = stream.request;
      found.insert(found.end(), {request.byteOffset, request.columns,
                                 request.kind == StreamRequest::Kind::Write ? 1u : 0u});
      EXPECT_EQ(request.columnInterval, operation.columnInterval(task, m_compute));
    }
    EXPECT_EQ(found, expected) << "bank " << bank;
    EXPECT_EQ(decoded.products, operation.products(task));
    EXPECT_EQ(decoded.columnInterval, operation.columnInterval(task, m_compute));
    EXPECT_EQ(decoded.resultCycles, operation.resultCycles(task));
    EXPECT_EQ(decoded.softmaxCycles, operation.softmaxCycles(task, m_compute));
    EXPECT_EQ(decoded.bramBytes, operation.bramBytes(task));
  }

  BankCompute m_compute;
  BankTiming m_dram{resolveDramTiming({})};
  BankDecoder m_decoder;
};

TEST_F(BankDecoderTest, KnowsWhatTheCommandCostsEachBank) {
  std::mt19937 random(3);
  for (int i = 0; i < 5000; ++i) {
    const auto banks = static_cast<std::uint8_t>(1u << random() % 4);
    const std::uint32_t length = 1 + static_cast<std::uint32_t>(random()) % 900;
    // Banks of a head hold different numbers of tokens; asked again, and in any order, they stay the same.
    for (int k = 0; k < 6; ++k) expectWorkOf(score(banks, length), static_cast<std::uint32_t>(random()) % 16);
  }
}

TEST_F(BankDecoderTest, DecodesOnceForAllBanksWithTheSamePlace) {
  const pim_command command = score(4, 100);
  const DecodedCommand* first = &decode(command, 1);
  const StreamPlan* streams = first->streams.data();
  EXPECT_EQ(&decode(command, 5), first);
  EXPECT_EQ(&decode(command, 13), first);
  EXPECT_EQ(first->streams.data(), streams) << "and does not work it out again";
  EXPECT_NE(&decode(command, 2), first);
}

TEST_F(BankDecoderTest, KnowsItsOwnAnswers) {
  BankDecoder other;
  EXPECT_TRUE(m_decoder.made(decode(score(16, 100), 0)));
  EXPECT_TRUE(m_decoder.made(decode(score(16, 100), 15)));
  EXPECT_FALSE(other.made(decode(score(1, 100), 0)));
}

TEST_F(BankDecoderTest, TellsCommandsApartThatDifferInOneByte) {
  pim_command command = score(1, 100);
  ASSERT_EQ(decode(command, 0).check, CommandCheck::Ok);
  command.body.attention.bram_out += 2;
  EXPECT_EQ(decode(command, 0).check, CommandCheck::OutOfRange);
  command.body.attention.bram_out -= 2;
  EXPECT_EQ(decode(command, 0).check, CommandCheck::Ok);
}

pim_command mac(const WeightFormat& format, std::uint32_t vectors, std::uint32_t activationBits) {
  pim_command command{};
  command.opcode = PIM_OP_MAC;
  command.banks_per_group = 1;
  pim_mac& body = command.body.mac;
  body.rows = body.out_rows = 2;
  body.k = 512;
  body.vectors = vectors;
  body.bram_out = 32 * 1024;
  body.group = static_cast<std::uint8_t>(format.group);
  body.weight_bits = static_cast<std::uint8_t>(format.weightBits);
  body.scale_bits = static_cast<std::uint8_t>(format.scaleBits);
  body.zero_bits = static_cast<std::uint8_t>(format.zeroBits);
  body.activation_bits = static_cast<std::uint8_t>(activationBits);
  body.sparsity = static_cast<std::uint8_t>(format.sparsity);
  return command;
}

/// Cycles of 0.5 ns from column to column, by hand: 64 lanes and a port of `portBits` every ns.
struct ColumnCase {
  std::uint32_t weightBits, sparsity, activationBits, portBits, lanes;
  std::int64_t cycles;
};

TEST_F(BankDecoderTest, AColumnTakesWhatLanesAndPortNeedForIt) {
  for (const ColumnCase& c :
       std::vector<ColumnCase>{{4, 0, 16, 1024, 64, 2},
                               {4, 0, 8, 1024, 64, 2},
                               {3, 0, 16, 1024, 64, 3},
                               {3, 0, 8, 1024, 64, 3},
                               {3, 0, 8, 1024, 128, 2},  // 85 codes: 1.33 ns of 64 lanes
                               {5, 0, 16, 1024, 64, 2},
                               {8, 0, 16, 1024, 64, 2},
                               {16, 0, 16, 1024, 64, 2},
                               {4, 8, 16, 1024, 64, 4},
                               {4, 8, 8, 1024, 64, 2},  // 80 positions
                               {4, 4, 16, 1024, 64, 4},
                               {4, 4, 8, 1024, 64, 2},
                               {4, 4, 16, 2048, 64, 2},
                               {4, 2, 16, 1024, 64, 8},
                               {4, 2, 8, 1024, 64, 4},
                               {4, 2, 8, 2048, 64, 2}}) {
    m_compute.macLanes = c.lanes;
    m_compute.operandPortBits = c.portBits;
    const pim_command command = mac({128, c.weightBits, 16, 0, c.sparsity}, 1, c.activationBits);
    ASSERT_EQ(checkBankCommand(command, kBram, 1 << 20), CommandCheck::Ok);
    // No slower than what the lanes take, whatever the DRAM does.
    const std::int64_t cycles = bankOperation(command.opcode).columnInterval({command, 0}, m_compute);
    EXPECT_EQ(std::max<std::int64_t>(cycles, 2), c.cycles)
        << c.weightBits << " bits, " << c.sparsity << " kept, A" << c.activationBits << ", " << c.portBits;
  }
}

TEST_F(BankDecoderTest, MultipliesWhatIsKept) {
  const auto products = [](const WeightFormat& format) {
    const pim_command command = mac(format, 3, 8);
    return bankOperation(command.opcode).products({command, 0});
  };
  EXPECT_EQ(products({128, 4, 16, 0, 0}), 2u * 512 * 3);
  EXPECT_EQ(products({128, 3, 16, 0, 0}), 2u * 512 * 3);
  EXPECT_EQ(products({128, 5, 16, 0, 0}), 2u * 512 * 3);
  EXPECT_EQ(products({128, 8, 16, 0, 0}), 2u * 512 * 3 * 2);  // nibble by nibble
  EXPECT_EQ(products({128, 4, 16, 0, 4}), 2u * 128 * 3);
}

TEST_F(BankDecoderTest, RefusesFormatsThatDoNotExist) {
  for (const WeightFormat& format :
       {WeightFormat{128, 6, 16, 0, 0}, WeightFormat{128, 4, 16, 8, 0}, WeightFormat{128, 5, 16, 4, 0},
        WeightFormat{128, 4, 16, 0, 3}, WeightFormat{128, 3, 16, 0, 4}, WeightFormat{128, 4, 16, 0, 16}})
    EXPECT_EQ(checkBankCommand(mac(format, 1, 8), kBram, 1 << 20), CommandCheck::OutOfRange);
}

TEST_F(BankDecoderTest, RefusesZerosBeforeAndAfterACommand) {
  const pim_command zeros{};
  EXPECT_EQ(decode(zeros, 0).check, CommandCheck::NotABankCommand);
  ASSERT_EQ(decode(score(1, 7), 0).check, CommandCheck::Ok);
  EXPECT_EQ(decode(zeros, 0).check, CommandCheck::NotABankCommand);
}

}  // namespace
}  // namespace pim::test
