#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "core/operations/bank_operation.h"
#include "tests/tlm/bank/bank_rig.h"

namespace pim::test {
namespace {

class BankErrors : public BankTest {
 protected:
  /// The answer to emptyMac(4) after a change.
  tlm::tlm_response_status answerTo(const std::function<void(pim_command&)>& change) {
    pim_command command = emptyMac(4);
    change(command);
    return ring(command);
  }
  tlm::tlm_response_status answerToAttention(pim_opcode opcode,
                                             const std::function<void(pim_attention&)>& change) {
    pim_command command = bankCommand(opcode);
    pim_attention& attention = command.body.attention;
    attention = pim_attention();
    attention.length = 8;
    attention.tokens = 1;
    attention.bram_out = 4096;
    attention.pitch = 16;
    attention.head_dim = 32;
    attention.heads_per_group = 1;
    attention.kv_bits = 16;
    attention.multiplier = 0x8000;
    attention.multiplier_shift = 16;
    change(command.body.attention);
    return ring(command);
  }
  void expectIdle() {
    EXPECT_EQ(m_bank.busyUntil(), 0);
    EXPECT_EQ(m_counters.dram.columnMacs + m_counters.dram.columnWrites, 0u);
  }
};

TEST_F(BankErrors, AnOpcodeOfSomebodyElseIsACommandError) {
  simulate([this] {
    for (unsigned opcode = 0; opcode < 256; ++opcode) {
      if (isBankOpcode(static_cast<std::uint8_t>(opcode))) continue;
      EXPECT_EQ(answerTo([&](pim_command& c) { c.opcode = static_cast<std::uint8_t>(opcode); }),
                tlm::TLM_COMMAND_ERROR_RESPONSE)
          << opcode;
    }
    expectIdle();
  });
}

TEST_F(BankErrors, WeightsAndVectorsBeyondTheMemoriesAreAddressErrors) {
  simulate([this] {
    const std::uint32_t bmem = 1 << 20, bram = 16 * 1024;
    const std::vector<std::function<void(pim_command&)>> changes{
        [&](pim_command& c) { c.body.mac.bmem = bmem - 4 * 64 + 32; },
        [&](pim_command& c) { c.body.mac.bmem = 0xFFFF'FFE0; },
        [&](pim_command& c) { c.body.mac.rows = c.body.mac.out_rows = 1 << 15; },
        [&](pim_command& c) { c.body.mac.bram_in = bram - 64; },
        [&](pim_command& c) { c.body.mac.bram_out = bram - 12; },
        [&](pim_command& c) {
          c.body.mac.bram_out = bram - 16;
          c.flags = PIM_FLAG_RAW;  // twice the size
        },
        [&](pim_command& c) { c.body.mac.vectors = 0; },
        [&](pim_command& c) { c.body.mac.vectors = 0x4000'0000; },
        [&](pim_command& c) { c.body.mac.k = 96; },
        [&](pim_command& c) { c.body.mac.group = 0; },
        [&](pim_command& c) { c.body.mac.out_rows = 3; },
        [&](pim_command& c) { c.banks_per_group = 0; },
    };
    for (std::size_t i = 0; i < changes.size(); ++i) {
      EXPECT_EQ(answerTo(changes[i]), tlm::TLM_ADDRESS_ERROR_RESPONSE) << "change " << i;
    }
    expectIdle();
    EXPECT_EQ(answerTo([&](pim_command& c) { c.body.mac.bmem = bmem - 4 * 64; }), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(answerTo([&](pim_command& c) { c.body.mac.bram_out = bram - 16; }), tlm::TLM_OK_RESPONSE);
  });
}

TEST_F(BankErrors, FormatsTheArrayCannotMultiplyAreAddressErrors) {
  simulate([this] {
    EXPECT_EQ(answerTo([](pim_command& c) { c.body.mac.group = 16; }), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(answerTo([](pim_command& c) { c.body.mac.weight_bits = 6; }), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(answerTo([](pim_command& c) { c.body.mac.scale_bits = 8; }), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(answerTo([](pim_command& c) { c.body.mac.zero_bits = 8; }), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(answerTo([](pim_command& c) { c.body.mac.activation_bits = 4; }),
              tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(answerTo([](pim_command& c) { c.body.mac.bmem = 16; }), tlm::TLM_ADDRESS_ERROR_RESPONSE)
        << "weights start on a column";
    expectIdle();
  });
}

TEST_F(BankErrors, CachesAndScoresBeyondTheMemoriesAreAddressErrors) {
  simulate([this] {
    for (const pim_opcode opcode : {PIM_OP_SCORE, PIM_OP_PV}) {
      EXPECT_EQ(answerToAttention(opcode, [](pim_attention& a) { a.bmem = (1 << 20) - 2048; }),
                tlm::TLM_ADDRESS_ERROR_RESPONSE);
      EXPECT_EQ(answerToAttention(opcode, [](pim_attention& a) { a.bram_in = 16 * 1024 - 8; }),
                tlm::TLM_ADDRESS_ERROR_RESPONSE);
      EXPECT_EQ(answerToAttention(opcode, [](pim_attention& a) { a.bram_out = 16 * 1024 - 8; }),
                tlm::TLM_ADDRESS_ERROR_RESPONSE);
      EXPECT_EQ(answerToAttention(opcode, [](pim_attention& a) { a.length = 17; }),
                tlm::TLM_ADDRESS_ERROR_RESPONSE)
          << "more than the pitch";
      EXPECT_EQ(answerToAttention(opcode, [](pim_attention& a) { a.length = 0; }),
                tlm::TLM_ADDRESS_ERROR_RESPONSE);
      EXPECT_EQ(
          answerToAttention(opcode, [](pim_attention& a) { a.length = a.tokens = a.pitch = 0xFFFF'FFFF; }),
          tlm::TLM_ADDRESS_ERROR_RESPONSE);
      EXPECT_EQ(answerToAttention(opcode, [](pim_attention& a) { a.kv_bits = 3; }),
                tlm::TLM_ADDRESS_ERROR_RESPONSE);
      EXPECT_EQ(answerToAttention(opcode, [](pim_attention& a) { a.head_dim = 0; }),
                tlm::TLM_ADDRESS_ERROR_RESPONSE);
    }
    EXPECT_EQ(answerToAttention(PIM_OP_SOFTMAX, [](pim_attention& a) { a.bram_in = 16 * 1024 - 8; }),
              tlm::TLM_ADDRESS_ERROR_RESPONSE);
    expectIdle();
    EXPECT_EQ(answerToAttention(PIM_OP_SCORE, [](pim_attention&) {}), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(answerToAttention(PIM_OP_SOFTMAX, [](pim_attention&) {}), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(answerToAttention(PIM_OP_PV, [](pim_attention&) {}), tlm::TLM_OK_RESPONSE);
  });
}

TEST_F(BankErrors, StoresBeyondTheMemoriesAreAddressErrors) {
  simulate([this] {
    const auto answer = [this](const std::function<void(pim_store&)>& change) {
      pim_command command = bankCommand(PIM_OP_STORE);
      command.body.store = {0, 65536, 0, 1, 0, 32, 16, 0};
      change(command.body.store);
      return ring(command);
    };
    EXPECT_EQ(answer([](pim_store& s) { s.bmem_k = 1 << 20; }), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(answer([](pim_store& s) { s.bmem_v = (1 << 20) - 64; }), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(answer([](pim_store& s) { s.first = 1 << 20; }), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(answer([](pim_store& s) { s.first = 0xFFFF'FFFF; }), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(answer([](pim_store& s) { s.bram_in = 16 * 1024 - 64; }), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(answer([](pim_store& s) { s.tokens = 0; }), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(answer([](pim_store& s) { s.kv_bits = 5; }), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    expectIdle();
    EXPECT_EQ(answer([](pim_store&) {}), tlm::TLM_OK_RESPONSE);
  });
}

TEST_F(BankErrors, FillsBeyondBramAreAddressErrors) {
  simulate([this] {
    const auto answer = [this](const pim_fill& fill) {
      pim_command command = bankCommand(PIM_OP_FILL);
      command.body.fill = fill;
      return ring(command);
    };
    EXPECT_EQ(answer({0, 0, 0}), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(answer({2, 1, 0}), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(answer({16 * 1024 - 4, 2, 0}), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(answer({8, 0x4000'0000, 0}), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    expectIdle();
    EXPECT_EQ(answer({16 * 1024 - 4, 1, 0}), tlm::TLM_OK_RESPONSE);
  });
}

TEST_F(BankErrors, HalfADescriptorIsABurstError) {
  simulate([this] {
    const pim_command command = emptyMac(4);
    for (const std::uint32_t bytes : {4u, 64u, 124u}) {
      EXPECT_EQ(m_initiator.write(BankAddress::kRegisters, &command, bytes).status,
                tlm::TLM_BURST_ERROR_RESPONSE);
    }
    EXPECT_EQ(m_initiator.streamingWidth(64).write(BankAddress::kRegisters, &command, sizeof command).status,
              tlm::TLM_BURST_ERROR_RESPONSE);
    expectIdle();
  });
}

TEST_F(BankErrors, RegistersRefuseByteEnablesByName) {
  simulate([this] {
    const std::uint8_t enable = TLM_BYTE_ENABLED;
    const pim_command command = emptyMac(4);
    EXPECT_EQ(
        m_initiator.byteEnables(&enable, 1).write(BankAddress::kRegisters, &command, sizeof command).status,
        tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    std::uint32_t word = 0;
    EXPECT_EQ(m_initiator.byteEnables(&enable, 1).read(BankAddress::kStatus, &word, 4).status,
              tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    expectIdle();
  });
}

TEST_F(BankErrors, MemoriesHonourByteEnables) {
  simulate([this] {
    const std::uint8_t enables[2] = {TLM_BYTE_ENABLED, TLM_BYTE_DISABLED};
    for (const std::uint64_t base : {BankAddress::kBram, BankAddress::kBmem}) {
      const std::uint32_t ones = 0xFFFF'FFFF;
      EXPECT_EQ(m_initiator.byteEnables(enables, 2).write(base, &ones, 4).status, tlm::TLM_OK_RESPONSE);
      EXPECT_EQ(m_initiator.readWord(base), 0x00FF'00FFu);
    }
  });
}

TEST_F(BankErrors, RegistersAreReadAndWrittenAsDeclared) {
  simulate([this] {
    std::uint32_t word = 0;
    EXPECT_EQ(m_initiator.write(BankAddress::kStatus, &word, 4).status, tlm::TLM_COMMAND_ERROR_RESPONSE);
    EXPECT_EQ(m_initiator.read(BankAddress::kRegisters, &word, 4).status, tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(m_initiator.read(BankAddress::kStatus + 4, &word, 4).status, tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(m_initiator.read(BankAddress::kStatus, &word, 2).status, tlm::TLM_BURST_ERROR_RESPONSE);
    EXPECT_EQ(m_initiator.read(BankAddress::kStatus + 2, &word, 4).status, tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(m_initiator.transport(tlm::TLM_IGNORE_COMMAND, BankAddress::kRegisters, &word, 4).status,
              tlm::TLM_COMMAND_ERROR_RESPONSE);
    EXPECT_EQ(m_initiator.read(BankAddress::kBram - 4, &word, 4).status, tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(m_initiator.read(BankAddress::kBram + 16 * 1024 - 2, &word, 4).status,
              tlm::TLM_ADDRESS_ERROR_RESPONSE);
  });
}

}  // namespace
}  // namespace pim::test
