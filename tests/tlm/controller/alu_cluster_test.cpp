#include "tlm/controller/alu_cluster.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/support/foreign_initiator.h"
#include "tests/support/systemc_test.h"
#include "tlm/kit/memory.h"

namespace pim::test {
namespace {

class AluTest : public SystemCTest {
 protected:
  explicit AluTest(bool functional = true) : m_alus("alus", parameters(functional), m_ports, m_counters) {
    m_alus.memory.bind(m_memory.ports[0]);
    m_loader.socket.bind(m_memory.ports[1]);
    m_initiator.socket.bind(m_alus.commands);
  }
  static AluParameters parameters(bool functional) {
    AluParameters parameters;
    parameters.clock = Clock(1000);
    parameters.functional = functional;
    return parameters;
  }

  /// x + y, 64 elements at 0x100 and 0x200, into 0x300.
  static pim_command add() {
    pim_command command{};
    command.opcode = PIM_OP_ADD;
    command.stream = PIM_STREAM_KV;
    pim_alu& alu = command.body.alu;
    alu.src = 0x100;
    alu.src2 = 0x200;
    alu.dst = 0x300;
    alu.rows = 1;
    alu.count = 64;
    return command;
  }
  void load(std::uint32_t address, std::vector<std::int32_t> values) {
    m_loader.debug(tlm::TLM_WRITE_COMMAND, address, values.data(),
                   static_cast<std::uint32_t>(4 * values.size()));
  }
  std::int32_t word(std::uint32_t address) {
    std::int32_t value = 0;
    m_loader.debug(tlm::TLM_READ_COMMAND, address, &value, 4);
    return value;
  }
  tlm::tlm_response_status give(const pim_command& command, std::uint32_t bytes = sizeof(pim_command)) {
    return m_initiator.write(0, &command, bytes).status;
  }

  static MemoryRates rates() {
    MemoryRates rates;
    rates[ControllerMemoryKind::kCram].bandwidth = Bandwidth::fromGbPerS(100);
    return rates;
  }

  Counters m_counters;
  MemoryPorts m_ports{rates(), m_counters};
  Memory m_memory{"memory", 4096, 2, Bandwidth::fromGbPerS(100)};
  AluCluster m_alus;
  ForeignInitiator m_initiator{"initiator"}, m_loader{"loader"};
};

TEST_F(AluTest, ComputesOnControllerMemory) {
  simulate([this] {
    load(0x100, {1, 2, 3});
    load(0x200, {10, 20, 30});
    ASSERT_EQ(give(add()), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(word(0x300), 11);
    EXPECT_EQ(word(0x308), 33);
  });
}

TEST_F(AluTest, TakesTheTimeOfItsStreamsAndItsPipeline) {
  simulate([this] {
    ASSERT_EQ(give(add()), tlm::TLM_OK_RESPONSE);
    // A cycle takes the command; 3 x 256 B are a request and two beats each; 8 are the pipeline's.
    EXPECT_EQ(m_counters.controllerBusy, 18'000);
    EXPECT_EQ(m_counters.controllerBytes[PIM_STREAM_WEIGHTS], 768u) << "a stranger's bytes count as weights";
    ASSERT_EQ(give(add()), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(m_counters.controllerBusy, 36'000);
  });
}

TEST_F(AluTest, FindsTheLargestLogit) {
  simulate([this] {
    load(0x100, {-5, 7, 3, 7});
    pim_command command{};
    command.opcode = PIM_OP_ARGMAX;
    command.body.alu.src = 0x100;
    command.body.alu.dst = 0x80;
    command.body.alu.count = 4;
    ASSERT_EQ(give(command), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(word(0x80), 1);
  });
}

TEST_F(AluTest, DrawsATokenInThreePassesOrWithTopPInNineteen) {
  simulate([this] {
    load(0x100, {-5, 7, 3, 7});
    pim_command command{};
    command.opcode = PIM_OP_SAMPLE;
    pim_alu& alu = command.body.alu;
    alu.src = 0x100;
    alu.dst = 0x80;
    alu.count = 4;
    alu.multiplier = 32768;  // a distance in units of 2^-11 is 2^15 times that of the logits: only ties count
    alu.top_p = 65536;
    alu.src3 = 0x7FFFFFFF;
    ASSERT_EQ(give(command), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(word(0x80), 1);
    EXPECT_EQ(m_counters.controllerBytes[PIM_STREAM_WEIGHTS], 3u * 16 + 4);
    // Four streams of a request and a beat, three pipeline fills, the nucleus weighed, a chunk walked.
    EXPECT_EQ(m_counters.controllerBusy, (1 + 4 * 2 + 3 * 8 + 16 + 32) * 1'000);
    alu.src3 = 0x80000000;
    ASSERT_EQ(give(command), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(word(0x80), 3);
    alu.top_p = 32768;
    m_counters = {};
    ASSERT_EQ(give(command), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(word(0x80), 1);
    EXPECT_EQ(m_counters.controllerBytes[PIM_STREAM_WEIGHTS], 19u * 16 + 4);
    EXPECT_EQ(m_counters.controllerBusy, (1 + 20 * 2 + 19 * 8 + 16 + 32) * 1'000);
  });
}

TEST_F(AluTest, RefusesWhatIsNoCommandOfItsOwn) {
  simulate([this] {
    pim_command command = add();
    EXPECT_EQ(give(command, 64), tlm::TLM_BURST_ERROR_RESPONSE);
    command.opcode = PIM_OP_MAC;
    EXPECT_EQ(give(command), tlm::TLM_COMMAND_ERROR_RESPONSE);
    EXPECT_EQ(m_initiator.read(0, &command, sizeof command).status, tlm::TLM_COMMAND_ERROR_RESPONSE);
    command = add();
    const std::uint8_t enable = TLM_BYTE_ENABLED;
    EXPECT_EQ(m_initiator.byteEnables(&enable, 1).write(0, &command, sizeof command).status,
              tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    EXPECT_EQ(m_counters.controllerBusy, 0);
  });
}

TEST_F(AluTest, StopsAtOperandsOutsideItsMemory) {
  simulate([this] {
    pim_command command = add();
    command.body.alu.dst = 1 << 20;
    EXPECT_THROW(give(command), std::logic_error);
  });
}

class TimingAluTest : public AluTest {
 protected:
  TimingAluTest() : AluTest(false) {}
};

TEST_F(TimingAluTest, TakesTheSameTimeWithoutData) {
  simulate([this] {
    load(0x100, {1, 2, 3});
    ASSERT_EQ(give(add()), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(m_counters.controllerBusy, 18'000);
    EXPECT_EQ(word(0x300), 0);
  });
}

TEST_F(TimingAluTest, NamesATokenAllTheSame) {
  simulate([this] {
    load(0x80, {99});
    pim_command command{};
    command.opcode = PIM_OP_ARGMAX;
    command.body.alu.src = 0x100;
    command.body.alu.dst = 0x80;
    command.body.alu.count = 4;
    ASSERT_EQ(give(command), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(word(0x80), 0);
  });
}

}  // namespace
}  // namespace pim::test
