// What a command has to wait for, case by case.
#include <gtest/gtest.h>

#include <cstring>
#include <vector>

extern "C" {
#include "sw/firmware/machine.h"
}

namespace pim::test {
namespace {

/// A machine whose commands never complete.
class Scoreboard : public testing::Test {
 protected:
  Scoreboard() {
    m_hal.context = this;
    m_hal.read32 = [](void*, std::uint32_t) -> std::uint32_t { return 0; };
    m_hal.write32 = [](void*, std::uint32_t, std::uint32_t) {};
    m_hal.write_block = [](void* context, std::uint32_t, const void* from, std::uint32_t) {
      pim_command command;
      std::memcpy(&command, from, sizeof command);
      static_cast<Scoreboard*>(context)->m_posted.push_back(command);
    };
    m_machine.hal = &m_hal;
    m_machine.plan.dies = 4;
    m_machine.plan.overlap = 1;
    m_machine.plan.bram_vector[0] = {0, 100};
    m_machine.plan.bram_vector[1] = {100, 100};
    m_machine.plan.bram_result[0] = {200, 100};
    m_machine.plan.bram_result[1] = {300, 100};
    m_machine.plan.bram_query = {0, 50};
    m_machine.plan.bram_score = {50, 100};
    m_machine.plan.bram_value = {150, 250};
    pim_queue_open(&m_machine.queue, &m_hal, 0, 0x1000, 1000);
    pim_scoreboard_reset(&m_machine.board, &m_machine.plan);
  }

  /// Posts a command and returns what it waits for.
  std::vector<std::uint32_t> post(pim_opcode opcode, std::vector<struct pim_use> uses,
                                  std::uint32_t groups = 16) {
    pim_command command = pim_new_command(opcode, PIM_STREAM_WEIGHTS, groups, 1, 1);
    pim_post(&m_machine, &command, uses.data(), static_cast<std::uint32_t>(uses.size()));
    const pim_command& posted = m_posted.back();
    return {posted.wait_for, posted.wait_for + posted.waits};
  }

  std::uint32_t last() const { return m_machine.queue.posted; }

  using Waits = std::vector<std::uint32_t>;
  pim_hal m_hal{};
  pim_machine m_machine{};
  std::vector<pim_command> m_posted;
};

TEST_F(Scoreboard, AReadWaitsForTheWriter) {
  post(PIM_OP_RMSNORM, {pim_buffer_use(PIM_BUF_ACTIVATION, PIM_WRITE)});
  EXPECT_EQ(post(PIM_OP_SEND,
                 {pim_buffer_use(PIM_BUF_ACTIVATION, PIM_READ), pim_buffer_use(PIM_BUF_VECTOR_0, PIM_WRITE)}),
            Waits{1});
  EXPECT_EQ(post(PIM_OP_MAC,
                 {pim_buffer_use(PIM_BUF_VECTOR_0, PIM_READ), pim_buffer_use(PIM_BUF_RESULT_0, PIM_WRITE)}),
            Waits{2});
  EXPECT_EQ(post(PIM_OP_GATHER,
                 {pim_buffer_use(PIM_BUF_RESULT_0, PIM_READ), pim_buffer_use(PIM_BUF_RESULT, PIM_WRITE)}),
            Waits{3});
}

TEST_F(Scoreboard, AWriteWaitsForReaders) {
  post(PIM_OP_SEND, {pim_buffer_use(PIM_BUF_ACTIVATION, PIM_READ)});
  EXPECT_EQ(post(PIM_OP_QUANT, {pim_buffer_use(PIM_BUF_ACTIVATION, PIM_WRITE)}), Waits{1});
}

TEST_F(Scoreboard, ReadersDoNotWaitForOneAnother) {
  post(PIM_OP_SEND, {pim_buffer_use(PIM_BUF_ACTIVATION, PIM_READ)});
  EXPECT_EQ(post(PIM_OP_REDUCE, {pim_buffer_use(PIM_BUF_ACTIVATION, PIM_READ)}), Waits{});
}

TEST_F(Scoreboard, AWriterWaitsForEveryWriterSinceTheReadersItWaitsFor) {
  post(PIM_OP_RMSNORM, {pim_buffer_use(PIM_BUF_ACTIVATION, PIM_WRITE)});
  post(PIM_OP_SEND, {pim_buffer_use(PIM_BUF_ACTIVATION, PIM_READ)});
  EXPECT_EQ(post(PIM_OP_REDUCE, {pim_buffer_use(PIM_BUF_ACTIVATION, PIM_READ)}), Waits{});
  EXPECT_EQ(post(PIM_OP_QUANT, {pim_buffer_use(PIM_BUF_ACTIVATION, PIM_WRITE)}), Waits{2});
}

TEST_F(Scoreboard, TheOrderOfAUnitIsNotNamed) {
  post(PIM_OP_QUANT, {pim_buffer_use(PIM_BUF_ACTIVATION, PIM_WRITE)});
  EXPECT_EQ(post(PIM_OP_QUANT, {pim_buffer_use(PIM_BUF_ACTIVATION, PIM_WRITE)}), Waits{});
  post(PIM_OP_MAC, {pim_buffer_use(PIM_BUF_RESULT_0, PIM_WRITE)});
  EXPECT_EQ(post(PIM_OP_MAC, {pim_buffer_use(PIM_BUF_RESULT_0, PIM_WRITE)}), Waits{});
}

TEST_F(Scoreboard, LinksThatWriteTheSameMemoryKnowNothingOfEachOther) {
  post(PIM_OP_GATHER, {pim_buffer_use(PIM_BUF_RESULT, PIM_WRITE)});
  EXPECT_EQ(post(PIM_OP_GATHER, {pim_buffer_use(PIM_BUF_RESULT, PIM_WRITE)}), Waits{1});
}

TEST_F(Scoreboard, FillsOfOneBufferRunTogetherAndTheReaderWaitsForAll) {
  post(PIM_OP_GATHER, {pim_buffer_use(PIM_BUF_QKV, PIM_FILL)}, 4);
  EXPECT_EQ(post(PIM_OP_GATHER, {pim_buffer_use(PIM_BUF_QKV, PIM_FILL)}, 2), Waits{});
  EXPECT_EQ(post(PIM_OP_ROPE_Q, {pim_buffer_use(PIM_BUF_QKV, PIM_READ)}), (Waits{1, 2}));
}

TEST_F(Scoreboard, ALaterCommandOfAUnitStandsForAnEarlierOneWhoseBanksItCovers) {
  post(PIM_OP_GATHER, {pim_buffer_use(PIM_BUF_QKV, PIM_FILL)}, 2);
  post(PIM_OP_GATHER, {pim_buffer_use(PIM_BUF_QKV, PIM_FILL)}, 4);
  EXPECT_EQ(post(PIM_OP_ROPE_Q, {pim_buffer_use(PIM_BUF_QKV, PIM_READ)}), Waits{2});
}

TEST_F(Scoreboard, AFillAfterAReadWaitsForTheReader) {
  post(PIM_OP_GATHER, {pim_buffer_use(PIM_BUF_QKV, PIM_FILL)});
  post(PIM_OP_ROPE_Q, {pim_buffer_use(PIM_BUF_QKV, PIM_READ)});
  EXPECT_EQ(post(PIM_OP_GATHER, {pim_buffer_use(PIM_BUF_QKV, PIM_FILL)}), Waits{2});
  EXPECT_EQ(post(PIM_OP_GATHER, {pim_buffer_use(PIM_BUF_QKV, PIM_FILL)}), Waits{2});
}

TEST_F(Scoreboard, OverlappingBuffersAreOneHazard) {
  post(PIM_OP_MAC, {pim_buffer_use(PIM_BUF_VECTOR_0, PIM_READ)});
  EXPECT_EQ(post(PIM_OP_SEND, {pim_buffer_use(PIM_BUF_BANK_QUERY, PIM_WRITE)}), Waits{1});
  EXPECT_EQ(post(PIM_OP_SEND, {pim_buffer_use(PIM_BUF_VECTOR_1, PIM_WRITE)}), Waits{});
  EXPECT_EQ(post(PIM_OP_SCORE, {pim_buffer_use(PIM_BUF_BANK_QUERY, PIM_READ),
                                pim_buffer_use(PIM_BUF_BANK_SCORE, PIM_WRITE)}),
            Waits{3});  // 3 was sent after 2 on the same links
}

TEST_F(Scoreboard, WhatIsCompleteIsNotWaitedFor) {
  post(PIM_OP_RMSNORM, {pim_buffer_use(PIM_BUF_ACTIVATION, PIM_WRITE)});
  m_machine.queue.done = 1;
  EXPECT_EQ(post(PIM_OP_SEND, {pim_buffer_use(PIM_BUF_ACTIVATION, PIM_READ)}), Waits{});
}

TEST_F(Scoreboard, BanksThatTheNewerCommandDoesNotAddressAreNotForgotten) {
  post(PIM_OP_MAC, {pim_buffer_use(PIM_BUF_VECTOR_0, PIM_READ)}, 16);
  post(PIM_OP_MAC, {pim_buffer_use(PIM_BUF_VECTOR_0, PIM_READ)}, 4);
  EXPECT_EQ(post(PIM_OP_SEND, {pim_buffer_use(PIM_BUF_VECTOR_0, PIM_WRITE)}), (Waits{1, 2}));
}

// FETCHes of four dies stand for nobody, so they pile up; the list holds six and chains the rest.
TEST_F(Scoreboard, AFullListChainsItsOldest) {
  std::vector<std::uint32_t> lastWaits;
  for (int i = 0; i < 10; ++i) lastWaits = post(PIM_OP_FETCH, {pim_buffer_use(PIM_BUF_EMBEDDING, PIM_FILL)});
  EXPECT_FALSE(lastWaits.empty());
  EXPECT_LE(post(PIM_OP_EMBED, {pim_buffer_use(PIM_BUF_EMBEDDING, PIM_READ)}).size(), 6u);
}

/// All sequence numbers that a command waits for, directly or through others.
TEST_F(Scoreboard, MoreWaitsThanACommandHoldsAreGatheredByNops) {
  for (int i = 0; i < 6; ++i) post(PIM_OP_FETCH, {pim_buffer_use(PIM_BUF_EMBEDDING, PIM_FILL)});
  for (int i = 0; i < 5; ++i) post(PIM_OP_FETCH, {pim_buffer_use(PIM_BUF_LOGITS, PIM_FILL)});
  const auto waits = post(
      PIM_OP_EMBED, {pim_buffer_use(PIM_BUF_EMBEDDING, PIM_READ), pim_buffer_use(PIM_BUF_LOGITS, PIM_WRITE)});
  const pim_command& nop = m_posted[m_posted.size() - 2];
  ASSERT_EQ(nop.opcode, PIM_OP_NOP);
  EXPECT_EQ(nop.waits, 6);
  std::vector<std::uint32_t> all(nop.wait_for, nop.wait_for + nop.waits);
  EXPECT_EQ(waits.front(), last() - 1);
  all.insert(all.end(), waits.begin() + 1, waits.end());
  EXPECT_EQ(all, (Waits{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
}

}  // namespace
}  // namespace pim::test
