#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <vector>

#include "core/base/address_map.h"
#include "platform/assembly/chip.h"
#include "platform/config/loader.h"
#include "tests/platform/assembly/chip_run.h"
#include "tests/support/foreign_initiator.h"
#include "tests/support/systemc_test.h"

namespace pim::test {
namespace {

/// A whole chip with a stranger in the place of the host, and firmware that sleeps.
class BusTest : public SystemCTest {
 protected:
  BusTest() { m_initiator.socket.bind(m_chip.controller().hostSocket()); }
  static platform::ChipOptions options() {
    platform::ChipOptions options;
    options.functional = true;
    options.firmware = [](const pim_hal* hal, std::uint32_t, std::uint32_t) {
      hal->wait_for_interrupt(hal->context);
      hal->write32(hal->context, PIM_REG_IRQ_CLEAR, PIM_IRQ_JOB | PIM_IRQ_COMMAND);
      return 0;
    };
    return options;
  }

  std::uint64_t die(std::uint32_t index) const {
    return m_config.memoryMap.dieBase + index * m_config.memoryMap.dieStride;
  }
  std::uint64_t reg(pim_reg offset) const { return m_config.memoryMap.registersBase + offset; }

  const platform::Config m_config = platform::loadPreset("aim8", smallChip());
  platform::Chip m_chip{"chip", m_config, options()};
  ForeignInitiator m_initiator{"initiator"};
};

TEST_F(BusTest, ReachesEveryMemoryOfTheMap) {
  simulate([this] {
    EXPECT_EQ(m_initiator.readWord(reg(PIM_REG_ID)), std::uint32_t{PIM_ID_VALUE});
    std::uint32_t value = 1;
    for (const std::uint64_t address :
         {m_config.memoryMap.cramBase, m_config.memoryMap.cmemBase, die(0) + DieAddress::kDieRam,
          die(1) + DieAddress::kDieRam, die(0) + DieAddress::bank(3, BankAddress::kBram),
          die(1) + DieAddress::bank(3, BankAddress::kBram),
          die(1) + DieAddress::bank(0, BankAddress::kBmem)}) {
      m_initiator.writeWord(address, ++value);
      EXPECT_EQ(m_initiator.readWord(address), value) << address;
    }
  });
}

TEST_F(BusTest, AnswersAddressErrorInTheHolesOfTheMap) {
  simulate([this] {
    std::uint32_t word = 0;
    for (const std::uint64_t address :
         {m_config.memoryMap.cramBase - 4, m_config.memoryMap.cramBase + m_config.controller.cramBytes(),
          m_config.memoryMap.cmemBase + m_config.controller.cmemBytes(), reg(PIM_REG_IRQ_CLEAR) + 4, die(2),
          die(0) + DieAddress::bank(4, 0)}) {
      const auto answer = m_initiator.read(address, &word, 4);
      EXPECT_EQ(answer.status, tlm::TLM_ADDRESS_ERROR_RESPONSE) << address;
      EXPECT_TRUE(answer.payloadKept);
    }
  });
}

TEST_F(BusTest, GrantsDirectPointersThroughAllOfIt) {
  simulate([this] {
    const std::uint64_t bmem = die(1) + DieAddress::bank(2, BankAddress::kBmem);
    tlm::tlm_dmi dmi;
    ASSERT_TRUE(m_initiator.direct(bmem + 100, dmi));
    EXPECT_EQ(dmi.get_start_address(), bmem);
    EXPECT_EQ(dmi.get_end_address(), bmem + m_config.bank.bmemBytes() - 1);
    dmi.get_dmi_ptr()[100] = 77;
    std::uint8_t byte = 0;
    EXPECT_EQ(m_initiator.debug(tlm::TLM_READ_COMMAND, bmem + 100, &byte, 1), 1u);
    EXPECT_EQ(byte, 77);
    m_chip.inspect(bmem + 100, &byte, 1);
    EXPECT_EQ(byte, 77) << "what the loader sees";
  });
}

TEST_F(BusTest, ServesInitiatorsThatDoNotBlock) {
  simulate([this] {
    std::array<std::uint32_t, 2> words{5, 6}, back{};
    const std::uint64_t bram = die(0) + DieAddress::bank(1, BankAddress::kBram);
    EXPECT_EQ(m_initiator
                  .nonBlocking(tlm::TLM_WRITE_COMMAND, bram, words.data(), 8,
                               ForeignInitiator::Response::EndResponsePhase)
                  .status,
              tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(
        m_initiator
            .nonBlocking(tlm::TLM_READ_COMMAND, bram, back.data(), 8, ForeignInitiator::Response::Complete)
            .status,
        tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(back, words);
  });
}

TEST_F(BusTest, RunsCommandsWithoutFirmware) {
  simulate([this] {
    constexpr std::uint32_t kRing = 0x8000, kFrom = 0x4000;
    const auto cram = static_cast<std::uint32_t>(m_config.memoryMap.cramBase);
    pim_command send{};
    send.opcode = PIM_OP_SEND;
    send.flags = PIM_FLAG_BROADCAST;
    send.groups = 8;
    send.banks_per_group = 1;
    send.body.copy.address = cram + kFrom;
    send.body.copy.rows = 1;
    send.body.copy.row_bytes = 4;
    m_initiator.writeWord(cram + kFrom, 99);
    m_initiator.write(cram + kRing, &send, sizeof send);
    m_initiator.writeWord(reg(PIM_REG_QUEUE_BASE), cram + kRing);
    m_initiator.writeWord(reg(PIM_REG_QUEUE_SIZE), 4);
    m_initiator.writeWord(reg(PIM_REG_QUEUE_TAIL), 1);
    EXPECT_EQ(m_initiator.readWord(reg(PIM_REG_QUEUE_DONE)), 0u);
    sc_core::wait(1, sc_core::SC_US);
    EXPECT_EQ(m_initiator.readWord(reg(PIM_REG_QUEUE_DONE)), 1u);
    for (std::uint32_t slot = 0; slot < 8; ++slot) {
      EXPECT_EQ(m_initiator.readWord(die(slot % 2) + DieAddress::bank(slot / 2, BankAddress::kBram)), 99u);
    }
  });
}

TEST(BusMap, RefusesDiesThatOverlap) {
  platform::Overrides overrides = smallChip() + platform::Overrides{"memory_map.die_stride=0x1000"};
  EXPECT_THROW(platform::loadPreset("aim8", overrides), std::runtime_error);
}

}  // namespace
}  // namespace pim::test
