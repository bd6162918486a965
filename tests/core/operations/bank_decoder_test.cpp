#include "core/operations/bank_decoder.h"

#include <gtest/gtest.h>

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

TEST_F(BankDecoderTest, RefusesZerosBeforeAndAfterACommand) {
  const pim_command zeros{};
  EXPECT_EQ(decode(zeros, 0).check, CommandCheck::NotABankCommand);
  ASSERT_EQ(decode(score(1, 7), 0).check, CommandCheck::Ok);
  EXPECT_EQ(decode(zeros, 0).check, CommandCheck::NotABankCommand);
}

}  // namespace
}  // namespace pim::test
