#define SC_INCLUDE_DYNAMIC_PROCESSES  // sc_spawn
#include "tlm/controller/mailbox.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/support/foreign_initiator.h"
#include "tests/support/systemc_test.h"
#include "tlm/kit/transaction.h"

namespace pim::test {
namespace {

class MailboxTest : public SystemCTest {
 protected:
  struct Mark {
    std::uint32_t kind, index;
    Picoseconds time;
  };

  MailboxTest() {
    m_mailbox.firmwareIrq.bind(m_firmwareIrq);
    m_mailbox.hostIrq.bind(m_hostIrq);
    m_core.socket.bind(m_mailbox.interrupts);
    m_host.socket.bind(m_mailbox.mailbox);
  }

  static std::uint64_t at(pim_reg reg) { return std::uint64_t{reg} - Mailbox::kMailboxBase; }
  bool firmwareIrq() {
    sc_core::wait(sc_core::SC_ZERO_TIME);
    return m_firmwareIrq.read();
  }
  bool hostIrq() {
    sc_core::wait(sc_core::SC_ZERO_TIME);
    return m_hostIrq.read();
  }
  bool readable(pim_reg reg) {
    std::uint32_t word = 0;
    return m_host.read(at(reg), &word, 4).status == tlm::TLM_OK_RESPONSE;
  }

  sc_core::sc_event_queue m_commandDone{"command_done"};
  std::vector<Mark> m_marks;
  Mailbox m_mailbox{"mailbox", m_commandDone,
                    [this](std::uint32_t kind, std::uint32_t index, Picoseconds time) {
                      m_marks.push_back({kind, index, time});
                    }};
  sc_core::sc_signal<bool> m_firmwareIrq{"firmware_irq"}, m_hostIrq{"host_irq"};
  ForeignInitiator m_core{"core"}, m_host{"host"};
};

TEST_F(MailboxTest, TellsWhoItIs) {
  simulate([this] { EXPECT_EQ(m_core.readWord(PIM_REG_ID), std::uint32_t{PIM_ID_VALUE}); });
}

TEST_F(MailboxTest, WakesTheFirmwareAtTheDoorbellUntilItClears) {
  simulate([this] {
    EXPECT_FALSE(firmwareIrq());
    m_host.writeWord(at(PIM_REG_JOB_ADDRESS), 0x1234);
    EXPECT_FALSE(firmwareIrq());
    m_host.writeWord(at(PIM_REG_HOST_DOORBELL), 1);
    EXPECT_TRUE(firmwareIrq());
    EXPECT_EQ(m_core.readWord(PIM_REG_IRQ_STATUS), std::uint32_t{PIM_IRQ_JOB});
    EXPECT_EQ(m_host.readWord(at(PIM_REG_JOB_ADDRESS)), 0x1234u);
    m_core.writeWord(PIM_REG_IRQ_CLEAR, PIM_IRQ_JOB);
    EXPECT_FALSE(firmwareIrq());
  });
}

TEST_F(MailboxTest, KeepsApartWhatWokeTheFirmware) {
  simulate([this] {
    m_host.writeWord(at(PIM_REG_HOST_DOORBELL), 1);
    m_commandDone.notify(5, sc_core::SC_NS);
    waitUntil(6000);
    EXPECT_EQ(m_core.readWord(PIM_REG_IRQ_STATUS), std::uint32_t{PIM_IRQ_JOB | PIM_IRQ_COMMAND});
    m_core.writeWord(PIM_REG_IRQ_CLEAR, PIM_IRQ_JOB);
    EXPECT_TRUE(firmwareIrq()) << "the command is still untold";
    m_core.writeWord(PIM_REG_IRQ_CLEAR, PIM_IRQ_COMMAND);
    EXPECT_FALSE(firmwareIrq());
  });
}

TEST_F(MailboxTest, ACommandMayCompleteInTheInstantInWhichTheFirmwareClears) {
  simulate([this] {
    m_commandDone.notify(5, sc_core::SC_NS);
    waitUntil(5000);
    for (int delta = 0; delta < 4; ++delta) {
      m_core.writeWord(PIM_REG_IRQ_CLEAR, PIM_IRQ_JOB);
      sc_core::wait(sc_core::SC_ZERO_TIME);
    }
    EXPECT_EQ(now(), 5000);
    EXPECT_TRUE(firmwareIrq());
  });
}

TEST_F(MailboxTest, HoldsTokensUntilTheHostHasReadThem) {
  simulate([this] {
    EXPECT_FALSE(readable(PIM_REG_TOKEN)) << "none there";
    m_host.writeWord(at(PIM_REG_TOKEN), 7);
    m_host.writeWord(at(PIM_REG_TOKEN), 8);
    EXPECT_TRUE(hostIrq());
    EXPECT_EQ(m_host.readWord(at(PIM_REG_TOKEN)), 7u);
    EXPECT_TRUE(hostIrq());
    EXPECT_EQ(m_host.readWord(at(PIM_REG_TOKEN)), 8u);
    EXPECT_FALSE(hostIrq());
    EXPECT_FALSE(readable(PIM_REG_TOKEN));
  });
}

TEST_F(MailboxTest, TellsTheHostWhenTheJobIsOver) {
  simulate([this] {
    m_host.writeWord(at(PIM_REG_STATUS), PIM_STATUS_BUSY);
    EXPECT_FALSE(hostIrq());
    m_host.writeWord(at(PIM_REG_STATUS), PIM_STATUS_DONE);
    EXPECT_TRUE(hostIrq());
    EXPECT_EQ(m_host.readWord(at(PIM_REG_STATUS)), std::uint32_t{PIM_STATUS_DONE});
    EXPECT_FALSE(hostIrq());
  });
}

TEST_F(MailboxTest, PassesMarksOnWithTheirTime) {
  simulate([this] {
    const std::uint32_t mark = PIM_MARK_DECODE | 300 << 8;
    m_host.write(at(PIM_REG_MARK), &mark, 4, 1234);
    ASSERT_EQ(m_marks.size(), 1u);
    EXPECT_EQ(m_marks[0].kind, std::uint32_t{PIM_MARK_DECODE});
    EXPECT_EQ(m_marks[0].index, 300u);
    EXPECT_EQ(m_marks[0].time, 1234);
  });
}

TEST_F(MailboxTest, AnAccessAheadOfTimeTakesEffectAtItsTime) {
  simulate([this] {
    const std::uint32_t one = 1;
    m_commandDone.notify(5, sc_core::SC_NS);
    sc_core::sc_time woken;
    sc_core::sc_spawn([&] {
      sc_core::wait(m_firmwareIrq.posedge_event());
      woken = sc_core::sc_time_stamp();
    });
    EXPECT_EQ(m_core.readWord(PIM_REG_IRQ_STATUS, 10'000), std::uint32_t{PIM_IRQ_COMMAND}) << "at 10 ns";
    EXPECT_EQ(toPicoseconds(woken), 5000);
    m_core.writeWord(PIM_REG_IRQ_CLEAR, PIM_IRQ_COMMAND);
    EXPECT_FALSE(firmwareIrq());

    sc_core::sc_spawn([&] {
      sc_core::wait(m_firmwareIrq.posedge_event());
      woken = sc_core::sc_time_stamp();
    });
    const Picoseconds before = now();
    m_host.write(at(PIM_REG_HOST_DOORBELL), &one, 4, 100'000);
    sc_core::wait(sc_core::SC_ZERO_TIME);
    sc_core::wait(sc_core::SC_ZERO_TIME);
    EXPECT_EQ(toPicoseconds(woken), before + 100'000) << "a doorbell wakes nobody early";
  });
}

TEST_F(MailboxTest, RegistersAreReadAndWrittenAsDeclared) {
  simulate([this] {
    std::uint32_t word = 0;
    EXPECT_EQ(m_core.write(PIM_REG_ID, &word, 4).status, tlm::TLM_COMMAND_ERROR_RESPONSE);
    EXPECT_EQ(m_core.write(PIM_REG_IRQ_STATUS, &word, 4).status, tlm::TLM_COMMAND_ERROR_RESPONSE);
    EXPECT_EQ(m_core.read(PIM_REG_IRQ_CLEAR, &word, 4).status, tlm::TLM_COMMAND_ERROR_RESPONSE);
    EXPECT_EQ(m_core.read(0x0C, &word, 4).status, tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_FALSE(readable(PIM_REG_HOST_DOORBELL));
    EXPECT_FALSE(readable(PIM_REG_MARK));
    EXPECT_EQ(m_host.read(at(PIM_REG_STATUS), &word, 1).status, tlm::TLM_BURST_ERROR_RESPONSE);
    const std::uint8_t enable = TLM_BYTE_ENABLED;
    EXPECT_EQ(m_host.byteEnables(&enable, 1).write(at(PIM_REG_TOKEN), &word, 4).status,
              tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
  });
}

}  // namespace
}  // namespace pim::test
