// What a command has to wait for, case by case.
#include <gtest/gtest.h>

#include <cstring>
#include <random>
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
    m_hal.write_block = [](void* context, std::uint32_t, const void* from, std::uint32_t bytes) {
      pim_command command{};
      std::memcpy(&command, from, bytes);
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
    pim_scoreboard_reset(&m_machine.board, &m_machine.plan, 0);
  }

  /// Posts a command and returns what it waits for.
  std::vector<std::uint32_t> post(pim_opcode opcode, std::vector<struct pim_use> uses,
                                  std::uint32_t groups = 16) {
    pim_command* command = pim_new_command(&m_machine, opcode, PIM_STREAM_WEIGHTS, groups, 1, 1);
    if (opcode == PIM_OP_FETCH) command->body.copy.slot = groups;
    pim_post(&m_machine, uses.data(), static_cast<std::uint32_t>(uses.size()));
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
  EXPECT_EQ(post(PIM_OP_REDUCE, {pim_buffer_use(PIM_BUF_QKV, PIM_FILL)}), Waits{});
  EXPECT_EQ(post(PIM_OP_GATHER, {pim_buffer_use(PIM_BUF_QKV, PIM_FILL)}, 4), Waits{});
  EXPECT_EQ(post(PIM_OP_SEND, {pim_buffer_use(PIM_BUF_QKV, PIM_READ)}), (Waits{3, 2}));
}

TEST_F(Scoreboard, AFillOfFewerDiesWaitsForTheOneThatItStandsFor) {
  post(PIM_OP_GATHER, {pim_buffer_use(PIM_BUF_QKV, PIM_FILL)}, 4);
  EXPECT_EQ(post(PIM_OP_GATHER, {pim_buffer_use(PIM_BUF_QKV, PIM_FILL)}, 2), Waits{1});
  EXPECT_EQ(post(PIM_OP_ROPE_Q, {pim_buffer_use(PIM_BUF_QKV, PIM_READ)}), Waits{2});
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

TEST_F(Scoreboard, ARepeatedCommandWaitsForNothingAndIsWaitedForInItsPlace) {
  const std::vector<pim_use> uses = {pim_buffer_use(PIM_BUF_RESULT_0, PIM_WRITE),
                                     pim_buffer_use(PIM_BUF_VECTOR_0, PIM_READ)};
  post(PIM_OP_SEND, {pim_buffer_use(PIM_BUF_VECTOR_0, PIM_WRITE)});
  EXPECT_EQ(post(PIM_OP_MAC, uses), Waits{1});
  pim_post_again(&m_machine, uses.data(), 2);
  EXPECT_EQ(m_posted.back().waits, 0);
  EXPECT_EQ(post(PIM_OP_SEND, {pim_buffer_use(PIM_BUF_VECTOR_0, PIM_WRITE)}), Waits{3});
  EXPECT_EQ(post(PIM_OP_GATHER, {pim_buffer_use(PIM_BUF_RESULT_0, PIM_READ)}), Waits{3});
}

TEST_F(Scoreboard, ACommandThatAddressesFewerBanksWaitsForTheOneThatItStandsFor) {
  post(PIM_OP_MAC, {pim_buffer_use(PIM_BUF_VECTOR_0, PIM_READ)}, 16);
  EXPECT_EQ(post(PIM_OP_MAC, {pim_buffer_use(PIM_BUF_VECTOR_0, PIM_READ)}, 4), Waits{1});
  EXPECT_EQ(post(PIM_OP_MAC, {pim_buffer_use(PIM_BUF_VECTOR_0, PIM_READ)}, 4), Waits{});
  EXPECT_EQ(post(PIM_OP_MAC, {pim_buffer_use(PIM_BUF_VECTOR_0, PIM_READ)}, 16), Waits{});
  EXPECT_EQ(post(PIM_OP_SEND, {pim_buffer_use(PIM_BUF_VECTOR_0, PIM_WRITE)}), Waits{4});
}

TEST_F(Scoreboard, FetchesOfOneDieAreInOrderAndThoseOfTwoWait) {
  const std::vector<pim_use> fill = {pim_buffer_use(PIM_BUF_EMBEDDING, PIM_FILL)};
  post(PIM_OP_FETCH, fill, 1);
  EXPECT_EQ(post(PIM_OP_FETCH, fill, 5), Waits{});  // 4 dies
  EXPECT_EQ(post(PIM_OP_FETCH, fill, 2), Waits{2});
  EXPECT_EQ(post(PIM_OP_EMBED, {pim_buffer_use(PIM_BUF_EMBEDDING, PIM_READ)}), Waits{3});
}

/// Whatever was posted before, a command has room for its waits.
TEST_F(Scoreboard, WaitsFitIntoACommand) {
  std::mt19937 random(17);
  const auto below = [&](unsigned end) { return static_cast<unsigned>(random() % end); };
  const auto access = [&] { return static_cast<pim_access>(below(PIM_ACCESSES)); };
  for (int i = 0; i < 20000; ++i) {
    const auto bram = [&] {
      return pim_buffer_use(static_cast<pim_buffer>(below(PIM_BUF_IN_BRAM)), access());
    };
    const auto memory = [&](pim_access how) {
      return pim_buffer_use(static_cast<pim_buffer>(PIM_BUF_IN_BRAM + below(PIM_BUF_COUNT - PIM_BUF_IN_BRAM)),
                            how);
    };
    const unsigned groups = 1 + below(20);
    switch (below(5)) {
      case 0:
        post(PIM_OP_SEND, {memory(PIM_READ), bram(), bram()}, groups);
        break;
      case 1:
        post(PIM_OP_GATHER, {bram(), memory(access())}, groups);
        break;
      case 2:
        post(PIM_OP_FETCH, {memory(access())}, groups);
        break;
      case 3:
        post(PIM_OP_MAC, {bram(), bram(), bram()}, groups);
        break;
      default:
        post(PIM_OP_ADD, {memory(access()), memory(access()), memory(access())}, groups);
    }
    ASSERT_LE(m_posted.back().waits, PIM_MAX_WAITS);
    m_posted = {m_posted.back()};
    if (below(50) == 0) m_machine.queue.done = last();
  }
}

}  // namespace
}  // namespace pim::test
