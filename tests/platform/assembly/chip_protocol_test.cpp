// What a chip owes a platform in which it is one model among others.
#define SC_INCLUDE_DYNAMIC_PROCESSES  // sc_spawn
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <vector>

#include "core/base/address_map.h"
#include "platform/assembly/chip.h"
#include "platform/config/loader.h"
#include "tests/platform/assembly/chip_run.h"
#include "tests/support/foreign_initiator.h"
#include "tests/support/systemc_test.h"
#include "tests/tlm/bank/small_bank.h"
#include "tlm/host/host.h"

namespace pim::test {
namespace {

platform::ChipOptions sleepingFirmware() {
  platform::ChipOptions options;
  options.functional = true;
  options.firmware = [](const pim_hal* hal, std::uint32_t, std::uint32_t) {
    hal->wait_for_interrupt(hal->context);
    hal->write32(hal->context, PIM_REG_IRQ_CLEAR, PIM_IRQ_JOB | PIM_IRQ_COMMAND);
    return 0;
  };
  return options;
}

class ChipProtocol : public SystemCTest {
 protected:
  const platform::Config m_config = platform::loadPreset("aim8", smallChip());
};

// ---- time

class FemtosecondChip : public SystemCTest {
 protected:
  FemtosecondChip() { sc_core::sc_set_time_resolution(1, sc_core::SC_FS); }
};

TEST_F(FemtosecondChip, IsRefused) {
  const platform::Config config = platform::loadPreset("aim8", smallChip());
  try {
    platform::Chip chip("chip", config, sleepingFirmware());
    FAIL() << "its times would all be off by 1000";
  } catch (const std::logic_error& error) {
    EXPECT_NE(std::string(error.what()).find("time resolution is 1 fs; expected 1 ps"), std::string::npos)
        << error.what();
  }
}

TEST_F(ChipProtocol, TheGlobalQuantumStaysTheArchitects) {
  const sc_core::sc_time quantum(3, sc_core::SC_NS);
  tlm::tlm_global_quantum::instance().set(quantum);
  platform::Chip chip("chip", m_config, sleepingFirmware());
  ForeignInitiator host("host");
  host.socket.bind(chip.controller().hostSocket());
  simulate([] {});
  EXPECT_EQ(tlm::tlm_global_quantum::instance().get(), quantum);
}

// ---- two chips

/// Answers a job at once with the status that it is done.
int answerJob(const pim_hal* hal, std::uint32_t registers, std::uint32_t) {
  hal->wait_for_interrupt(hal->context);
  hal->write32(hal->context, registers + PIM_REG_IRQ_CLEAR, PIM_IRQ_JOB);
  hal->write32(hal->context, registers + PIM_REG_STATUS, PIM_STATUS_BUSY);
  hal->write32(hal->context, registers + PIM_REG_STATUS, PIM_STATUS_DONE);
  return 0;
}

TEST_F(ChipProtocol, AHostWhoseJobIsOverLeavesTheSimulationToOthers) {
  platform::ChipOptions options = sleepingFirmware();
  options.firmware = answerJob;
  platform::Chip chip("chip", m_config, options);
  int ends = 0;
  const Host::Addresses addresses{m_config.memoryMap.registersBase,
                                  static_cast<std::uint32_t>(m_config.memoryMap.cmemBase),
                                  static_cast<std::uint32_t>(m_config.memoryMap.cmemBase) + 4096};
  HostJob job;
  job.prompt = {1};
  Host host(
      "host", addresses, job, [](std::uint32_t, Picoseconds) {}, [&ends] { ++ends; });
  host.bus.bind(chip.controller().hostSocket());
  host.interrupt.bind(chip.controller().hostInterrupt());
  Picoseconds last = 0;
  simulate([&last] {
    sc_core::wait(1, sc_core::SC_MS);
    last = now();
  });
  EXPECT_EQ(ends, 1);
  EXPECT_EQ(host.finalStatus(), std::uint32_t{PIM_STATUS_DONE});
  EXPECT_EQ(last, 1'000'000'000) << "longer than the job";
}

// ---- direct pointers

TEST_F(ChipProtocol, ACommandRevokesPointersIntoTheCellsThatItReads) {
  platform::Chip chip("chip", m_config, sleepingFirmware());
  ForeignInitiator host("host");
  host.socket.bind(chip.controller().hostSocket());
  simulate([&] {
    const std::uint64_t die = m_config.memoryMap.dieBase;
    const std::uint64_t cells = die + DieAddress::bank(1, BankAddress::kBmem);
    tlm::tlm_dmi dmi;
    ASSERT_TRUE(host.direct(cells, dmi));
    const pim_command command = emptyMac(4);
    ASSERT_EQ(host.write(die + DieAddress::broadcast(0b10, 0), &command, sizeof command).status,
              tlm::TLM_OK_RESPONSE);
    ASSERT_FALSE(host.revoked().empty());
    EXPECT_EQ(host.revoked()[0].first, cells);
    EXPECT_EQ(host.revoked()[0].second, cells + m_config.bank.bmemBytes() - 1);
  });
}

// ---- fatal reports

/// An architect turns fatal reports into messages.
class PatientArchitect : public ChipProtocol {
 protected:
  PatientArchitect() {
    sc_core::sc_report_handler::set_handler([](const sc_core::sc_report&, const sc_core::sc_actions&) {});
  }
};

TEST_F(PatientArchitect, AMistakeOfTheFirmwareIsStillAnError) {
  platform::Chip chip("chip", m_config, sleepingFirmware());
  ForeignInitiator host("host");
  host.socket.bind(chip.controller().hostSocket());
  bool thrown = false;
  simulate([&] {
    constexpr std::uint32_t kRing = 0x8000;
    const std::uint64_t registers = m_config.memoryMap.registersBase;
    const auto cram = static_cast<std::uint32_t>(m_config.memoryMap.cramBase);
    pim_command send{};
    send.opcode = PIM_OP_SEND;
    send.flags = PIM_FLAG_BROADCAST;
    send.groups = 8;
    send.banks_per_group = 1;
    send.body.copy.address = cram;
    send.body.copy.rows = 64;
    send.body.copy.row_bytes = 65536;  // far more than a bank's BRAM
    host.write(cram + kRing, &send, sizeof send);
    host.writeWord(registers + PIM_REG_QUEUE_BASE, cram + kRing);
    host.writeWord(registers + PIM_REG_QUEUE_SIZE, 4);
    const std::uint32_t one = 1;
    try {
      host.write(registers + PIM_REG_QUEUE_TAIL, &one, 4);
    } catch (const std::logic_error&) {
      thrown = true;
    }
  });
  EXPECT_TRUE(thrown);
}

}  // namespace
}  // namespace pim::test
