#include "tlm/die/die.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "tests/tlm/die/die_rig.h"

namespace pim::test {
namespace {

// ---- broadcast
// ------------------------------------------------------------------------------------------------------

TEST_F(DieTest, BroadcastsToTheBanksOfAMaskAtTheCostOfOne) {
  simulate([this] {
    std::vector<std::uint32_t> words(64, 7);
    const auto answer = m_initiator.write(DieAddress::broadcast(0b1101, bram(0)), words.data(), 256);
    EXPECT_EQ(answer.status, tlm::TLM_OK_RESPONSE);
    EXPECT_TRUE(answer.payloadKept);
    EXPECT_EQ(answer.delay, 8000 + 2000) << "256 B at 32 GB/s, and a hop";
    for (unsigned bank = 0; bank < 4; ++bank) EXPECT_EQ(bramWord(bank, 252), bank == 1 ? 0u : 7u);
    EXPECT_EQ(m_statistics.counters.linkInBytes[PIM_STREAM_WEIGHTS], 256u);
    EXPECT_EQ(m_statistics.counters.dieRamBytes, 512u) << "in and out again";
    EXPECT_EQ(m_statistics.counters.bramBytes, 3 * 256u) << "written in three banks";
    EXPECT_EQ(faults(), 0u);
  });
}

TEST_F(DieTest, RefusesMasksOfNoBankAndBeyondTheDie) {
  simulate([this] {
    std::uint32_t word = 1;
    for (const std::uint32_t mask : {0u, 0b10001u, 0x8000'0000u}) {
      const auto answer = m_initiator.write(DieAddress::broadcast(mask, bram(0)), &word, 4);
      EXPECT_EQ(answer.status, tlm::TLM_ADDRESS_ERROR_RESPONSE) << mask;
      EXPECT_TRUE(answer.payloadKept);
      EXPECT_EQ(m_initiator.read(DieAddress::gather(mask, bram(0)), &word, 4).status,
                tlm::TLM_ADDRESS_ERROR_RESPONSE);
    }
    EXPECT_EQ(bramWord(0, 0), 0u);
    EXPECT_EQ(m_statistics.counters.linkInBytes[PIM_STREAM_WEIGHTS], 0u) << "nothing refused travels";
  });
}

TEST_F(DieTest, RefusesBurstsLongerThanDieRam) {
  simulate([this] {
    std::vector<std::uint8_t> bytes(4 * 8192 + 4);
    const std::uint64_t write = DieAddress::broadcast(0b11, bram(0));
    EXPECT_EQ(m_initiator.write(write, bytes.data(), 8193).status, tlm::TLM_BURST_ERROR_RESPONSE);
    EXPECT_EQ(m_initiator.write(write, bytes.data(), 8192).status, tlm::TLM_OK_RESPONSE);
    const std::uint64_t gather = DieAddress::gather(0b1111, bram(0));
    EXPECT_EQ(m_initiator.read(gather, bytes.data(), 4 * 8192 + 4).status, tlm::TLM_BURST_ERROR_RESPONSE);
    EXPECT_EQ(m_initiator.read(gather, bytes.data(), 4 * 8192).status, tlm::TLM_OK_RESPONSE);
  });
}

TEST_F(DieTest, WindowsWorkInOneDirection) {
  simulate([this] {
    std::uint32_t word = 0;
    EXPECT_EQ(m_initiator.read(DieAddress::broadcast(1, bram(0)), &word, 4).status,
              tlm::TLM_COMMAND_ERROR_RESPONSE);
    EXPECT_EQ(m_initiator.write(DieAddress::gather(1, bram(0)), &word, 4).status,
              tlm::TLM_COMMAND_ERROR_RESPONSE);
    EXPECT_EQ(m_initiator.write(std::uint64_t{3} << DieAddress::kWindowShift, &word, 4).status,
              tlm::TLM_ADDRESS_ERROR_RESPONSE);
  });
}

// ---- a bank that fails
// ------------------------------------------------------------------------------------------------

/// Bank 2 of 4 has less BRAM than the others, so that a broadcast can fail in one bank only.
class OneBankFails : public SystemCTest {
 protected:
  static constexpr std::uint32_t kShort = 1024;

  OneBankFails() {
    std::vector<LockstepBank*> members;
    for (std::uint32_t i = 0; i < 4; ++i) {
      m_banks.push_back(
          std::make_unique<Bank>(sc_core::sc_gen_unique_name("bank"), i == 2 ? m_short : m_whole, i));
      members.push_back(m_banks.back().get());
    }
    m_statistics.bankBusy = BankBusy(1, 4);
    m_die = std::make_unique<DieInterconnect>("die", smallDie(), members, m_whole, m_statistics);
    for (std::size_t i = 0; i < 4; ++i) m_die->banks.bind(m_banks[i]->socket());
    m_initiator.socket.bind(m_die->link[0]);
    m_other.socket.bind(m_die->link[1]);
  }

  std::uint32_t faults() { return m_initiator.readWord(DieAddress::kFaultMask); }
  static std::uint32_t bram(std::uint32_t offset) {
    return static_cast<std::uint32_t>(BankAddress::kBram) + offset;
  }

  static BankParameters shortBank() {
    BankParameters parameters = smallBank();
    parameters.bramBytes = kShort;
    return parameters;
  }

  Statistics m_statistics;
  BankCommons m_whole{smallBank(), m_statistics.counters}, m_short{shortBank(), m_statistics.counters};
  std::vector<std::unique_ptr<Bank>> m_banks;
  std::unique_ptr<DieInterconnect> m_die;
  ForeignInitiator m_initiator{"initiator"}, m_other{"other"};
};

TEST_F(OneBankFails, TheOthersAreWrittenAndTheFailureIsTold) {
  simulate([this] {
    const std::uint32_t word = 5;
    const auto answer = m_initiator.write(DieAddress::broadcast(0b1111, bram(kShort)), &word, 4);
    EXPECT_EQ(answer.status, tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_TRUE(answer.payloadKept);
    EXPECT_EQ(faults(), 0b0100u);
    for (const unsigned bank : {0u, 1u, 3u}) {
      EXPECT_EQ(m_initiator.readWord(DieAddress::bank(bank, bram(kShort))), 5u) << bank;
    }
    EXPECT_EQ(m_initiator.write(DieAddress::broadcast(0b1111, bram(0)), &word, 4).status,
              tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(faults(), 0u) << "of the last broadcast only";
  });
}

TEST_F(OneBankFails, AGatherTellsToo) {
  simulate([this] {
    const std::uint32_t word = 6;
    m_initiator.write(DieAddress::broadcast(0b1011, bram(kShort)), &word, 4);
    std::array<std::uint32_t, 4> words{};
    const auto answer = m_initiator.read(DieAddress::gather(0b1111, bram(kShort)), words.data(), 16);
    EXPECT_EQ(answer.status, tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_TRUE(answer.payloadKept) << "address, length and pointer";
    EXPECT_EQ(faults(), 0b0100u);
    EXPECT_EQ(words, (std::array<std::uint32_t, 4>{6, 6, 0, 6}));
  });
}

TEST_F(OneBankFails, ACommandStillRunsInTheOthers) {
  simulate([this] {
    pim_command command = emptyMac(4);
    command.body.mac.bram_out = kShort;
    const auto answer = m_initiator.write(DieAddress::broadcast(0b1111, 0), &command, sizeof command);
    EXPECT_EQ(answer.status, tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(faults(), 0b0100u);
    EXPECT_GT(m_banks[3]->busyUntil(), 0);
    EXPECT_EQ(m_banks[2]->busyUntil(), 0);
  });
}

TEST_F(OneBankFails, TheFirstErrorIsTheAnswer) {
  simulate([this] {
    // Bank 2 has nothing there; the others do, and refuse byte enables without a pattern.
    const std::uint8_t enable = TLM_BYTE_ENABLED;
    const std::uint32_t word = 0;
    const auto answer = [&](std::uint32_t mask) {
      return m_initiator.byteEnables(&enable, 0)
          .write(DieAddress::broadcast(mask, bram(kShort)), &word, 4)
          .status;
    };
    EXPECT_EQ(answer(0b0110), tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    EXPECT_EQ(faults(), 0b0110u);
    EXPECT_EQ(answer(0b1100), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(faults(), 0b1100u);
  });
}

// ---- gather
// -----------------------------------------------------------------------------------------------------------

TEST_F(DieTest, GathersOnePartFromEachBank) {
  simulate([this] {
    for (unsigned bank = 0; bank < 4; ++bank) {
      const std::array<std::uint32_t, 2> words{bank, bank + 10};
      m_initiator.write(DieAddress::bank(bank, bram(8)), words.data(), 8);
    }
    std::array<std::uint32_t, 6> gathered{};
    const auto answer = m_initiator.read(DieAddress::gather(0b1011, bram(8)), gathered.data(), 24);
    EXPECT_EQ(answer.status, tlm::TLM_OK_RESPONSE);
    EXPECT_TRUE(answer.payloadKept);
    EXPECT_EQ(gathered, (std::array<std::uint32_t, 6>{0, 10, 1, 11, 3, 13}));
    EXPECT_EQ(m_statistics.counters.linkOutBytes[PIM_STREAM_WEIGHTS], 24u);
  });
}

TEST_F(DieTest, RefusesToGatherWhatDoesNotDivideOverTheBanks) {
  simulate([this] {
    std::array<std::uint8_t, 16> bytes{};
    EXPECT_EQ(m_initiator.read(DieAddress::gather(0b111, bram(0)), bytes.data(), 16).status,
              tlm::TLM_BURST_ERROR_RESPONSE);
    EXPECT_EQ(m_initiator.read(DieAddress::gather(0b111, bram(0)), bytes.data(), 0).status,
              tlm::TLM_BURST_ERROR_RESPONSE);
  });
}

// ---- the link
// ---------------------------------------------------------------------------------------------------------

TEST_F(DieTest, TransfersQueueOnTheLink) {
  simulate([this] {
    std::vector<std::uint8_t> bytes(320);
    const Picoseconds transfer = 10'000, hop = 2000;
    EXPECT_EQ(m_initiator.write(DieAddress::broadcast(1, bram(0)), bytes.data(), 320).delay, transfer + hop);
    EXPECT_EQ(m_initiator.write(DieAddress::broadcast(2, bram(0)), bytes.data(), 320).delay,
              2 * transfer + hop)
        << "behind the first";
    EXPECT_EQ(m_other.write(DieAddress::bank(0, bram(0)), bytes.data(), 320).delay, 3 * transfer + hop)
        << "whoever sends";
    EXPECT_EQ(m_initiator.write(DieAddress::broadcast(1, bram(0)), bytes.data(), 320, 100'000).delay,
              100'000 + transfer + hop)
        << "when the link is free again";
    EXPECT_EQ(m_statistics.counters.linkBusy, 4 * transfer);
  });
}

TEST_F(DieTest, DirectionsDoNotContendInFullDuplex) {
  simulate([this] {
    std::vector<std::uint8_t> bytes(320);
    m_initiator.write(DieAddress::broadcast(1, bram(0)), bytes.data(), 320);
    // DieRAM passes 64 GB/s: both directions together are just what it can do.
    EXPECT_EQ(m_initiator.read(DieAddress::gather(1, bram(0)), bytes.data(), 320).delay, 10'000 + 2000);
  });
}

class HalfDuplexDie : public DieTest {
 protected:
  static DieParameters half() {
    DieParameters parameters = smallDie();
    parameters.timing.fullDuplex = false;
    return parameters;
  }
  HalfDuplexDie() : DieTest(half()) {}
};

TEST_F(HalfDuplexDie, DirectionsTakeTurns) {
  simulate([this] {
    std::vector<std::uint8_t> bytes(320);
    m_initiator.write(DieAddress::broadcast(1, bram(0)), bytes.data(), 320);
    EXPECT_EQ(m_initiator.read(DieAddress::gather(1, bram(0)), bytes.data(), 320).delay, 2 * 10'000 + 2000);
    EXPECT_EQ(m_initiator.write(DieAddress::broadcast(1, bram(0)), bytes.data(), 320).delay,
              3 * 10'000 + 2000);
  });
}

class SlowRamDie : public DieTest {
 protected:
  static DieParameters slow() {
    DieParameters parameters = smallDie();
    parameters.timing.ram = Bandwidth::fromGbPerS(16);
    return parameters;
  }
  SlowRamDie() : DieTest(slow()) {}
};

TEST_F(SlowRamDie, ASlowDieRamPortBoundsTheLink) {
  simulate([this] {
    std::vector<std::uint8_t> bytes(320);
    EXPECT_EQ(m_initiator.write(DieAddress::broadcast(1, bram(0)), bytes.data(), 320).delay, 20'000 + 2000);
    EXPECT_EQ(m_initiator.read(DieAddress::gather(1, bram(0)), bytes.data(), 320).delay, 2 * 20'000 + 2000)
        << "and both directions share it";
  });
}

// ---- commands
// ----------------------------------------------------------------------------------------

TEST_F(DieTest, RunsACommandInAllBanksOfAMask) {
  simulate([this] {
    const auto answer = ring(0b0111, emptyMac(4));
    EXPECT_EQ(answer.status, tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(answer.delay, 2000) << "a doorbell crosses beside the data";
    const Picoseconds done = edge(2000) + emptyMacTime(4);
    for (unsigned bank = 0; bank < 4; ++bank) {
      EXPECT_EQ(busyAt(bank, done - 1), bank != 3) << bank;
      EXPECT_FALSE(busyAt(bank, done)) << bank;
    }
    EXPECT_EQ(m_statistics.counters.dram.columnMacs, 3u * 4 * kEmptyMacColumnsPerRow);
    EXPECT_EQ(m_statistics.counters.bankBusy, 3 * emptyMacTime(4));
    EXPECT_EQ(m_statistics.bankBusy[1], emptyMacTime(4));
    EXPECT_EQ(m_statistics.bankBusy[3], 0);
  });
}

// ---- one bank, DieRAM, registers
// --------------------------------------------------------------------------------------

TEST_F(DieTest, ReachesEachBankOnItsOwn) {
  simulate([this] {
    for (unsigned bank = 0; bank < 4; ++bank)
      m_initiator.writeWord(DieAddress::bank(bank, BankAddress::kBmem), bank + 1);
    for (unsigned bank = 0; bank < 4; ++bank) {
      EXPECT_EQ(m_initiator.readWord(DieAddress::bank(bank, BankAddress::kBmem)), bank + 1);
    }
    std::uint32_t word = 0;
    EXPECT_EQ(m_initiator.read(DieAddress::bank(4, BankAddress::kBmem), &word, 4).status,
              tlm::TLM_ADDRESS_ERROR_RESPONSE);
  });
}

TEST_F(DieTest, RingsTheDoorbellOfOneBank) {
  simulate([this] {
    const pim_command command = emptyMac(4);
    const auto answer =
        m_initiator.write(DieAddress::bank(2, BankAddress::kRegisters), &command, sizeof command);
    EXPECT_EQ(answer.status, tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(answer.delay, 2000) << "like any doorbell";
    EXPECT_EQ(m_statistics.bankBusy[2], emptyMacTime(4));
  });
}

TEST_F(DieTest, HasDieRamOfItsOwn) {
  simulate([this] {
    m_initiator.writeWord(DieAddress::kDieRam + 16, 1234);
    EXPECT_EQ(m_initiator.readWord(DieAddress::kDieRam + 16), 1234u);
    std::uint32_t word = 0;
    EXPECT_EQ(m_initiator.debug(tlm::TLM_READ_COMMAND, DieAddress::kDieRam + 16, &word, 4), 4u);
    EXPECT_EQ(word, 1234u);
    EXPECT_EQ(m_initiator.read(DieAddress::kDieRam + m_dieParameters.ramBytes, &word, 4).status,
              tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(m_initiator.read(DieAddress::kRegisterBytes, &word, 4).status, tlm::TLM_ADDRESS_ERROR_RESPONSE);
  });
}

TEST_F(DieTest, RegistersAreReadAndWrittenAsDeclared) {
  simulate([this] {
    std::uint32_t word = 0;
    EXPECT_EQ(m_initiator.write(DieAddress::kFaultMask, &word, 4).status, tlm::TLM_COMMAND_ERROR_RESPONSE);
    for (const std::uint64_t address : {0x0u, 0x4u, 0xCu}) {
      EXPECT_EQ(m_initiator.read(address, &word, 4).status, tlm::TLM_ADDRESS_ERROR_RESPONSE) << address;
      EXPECT_EQ(m_initiator.write(address, &word, 4).status, tlm::TLM_COMMAND_ERROR_RESPONSE) << address;
    }
    EXPECT_EQ(m_initiator.read(DieAddress::kFaultMask, &word, 1).status, tlm::TLM_BURST_ERROR_RESPONSE);
    const std::uint8_t enable = TLM_BYTE_ENABLED;
    EXPECT_EQ(m_initiator.byteEnables(&enable, 1).read(DieAddress::kFaultMask, &word, 4).status,
              tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
  });
}

TEST_F(DieTest, GrantsDirectPointersIntoBanksOnly) {
  simulate([this] {
    tlm::tlm_dmi dmi;
    const std::uint64_t address = DieAddress::bank(3, BankAddress::kBmem + 64);
    ASSERT_TRUE(m_initiator.direct(address, dmi));
    EXPECT_EQ(dmi.get_start_address(), DieAddress::bank(3, BankAddress::kBmem));
    EXPECT_EQ(dmi.get_end_address(), DieAddress::bank(3, BankAddress::kBmem) + (1 << 20) - 1);
    dmi.get_dmi_ptr()[64] = 9;
    EXPECT_EQ(m_initiator.readWord(address), 9u);

    tlm::tlm_dmi denied;
    EXPECT_FALSE(m_initiator.direct(DieAddress::broadcast(1, bram(0)), denied));
    EXPECT_LT(denied.get_end_address() - denied.get_start_address(), DieAddress::kWindowBytes / 4)
        << "denied for that address, not for the banks";
  });
}

TEST_F(DieTest, DebugAccessesCostNothing) {
  simulate([this] {
    std::uint32_t out = 3, in = 0;
    const std::uint64_t address = DieAddress::bank(1, BankAddress::kBmem + 4096);
    EXPECT_EQ(m_initiator.debug(tlm::TLM_WRITE_COMMAND, address, &out, 4), 4u);
    EXPECT_EQ(m_initiator.debug(tlm::TLM_READ_COMMAND, address, &in, 4), 4u);
    EXPECT_EQ(in, 3u);
    EXPECT_EQ(m_initiator.debug(tlm::TLM_READ_COMMAND, DieAddress::bank(4, 0), &in, 4), 0u);
    EXPECT_EQ(m_initiator.debug(tlm::TLM_READ_COMMAND, DieAddress::broadcast(1, bram(0)), &in, 4), 0u);
    EXPECT_EQ(m_statistics.counters.linkBusy, 0);
    EXPECT_EQ(m_statistics.counters.dram.activates, 0u);
  });
}

// ---- lock-step
// --------------------------------------------------------------------------------------------------------

/// The short cut on, and no data.
class LockstepDie : public DieTest {
 protected:
  static BankParameters timingOnly() {
    BankParameters parameters = smallBank();
    parameters.functional = false;
    return parameters;
  }
  LockstepDie() : DieTest(smallDie(false), timingOnly()) {}
};

TEST_F(LockstepDie, EveryBankTellsTheStatusOfItsOwn) {
  simulate([this] {
    ring(0b1110, emptyMac(4));  // computed once, for bank 1
    const Picoseconds done = edge(2000) + emptyMacTime(4);
    for (unsigned bank = 0; bank < 4; ++bank) {
      EXPECT_EQ(busyAt(bank, done - 1), bank != 0) << bank;
      EXPECT_FALSE(busyAt(bank, done)) << bank;
    }
    EXPECT_EQ(m_statistics.counters.dram.columnMacs, 3u * 4 * kEmptyMacColumnsPerRow);
  });
}

TEST_F(LockstepDie, ABankReadByItselfHasItsOwnOpenRow) {
  simulate([this] {
    std::array<std::uint8_t, 32> column{};
    const std::uint64_t row5 = DieAddress::bank(2, BankAddress::kBmem + 5 * 2048);
    m_initiator.read(row5, column.data(), 32);
    EXPECT_EQ(m_statistics.counters.dram.activates, 1u);
    waitUntil(1'000'000);
    m_initiator.read(row5 + 32, column.data(), 32);
    EXPECT_EQ(m_statistics.counters.dram.activates, 1u) << "still open";
    waitUntil(2'000'000);
    ring(0b1111, emptyMac(1));  // row 0: bank 2 has to close row 5 first
    EXPECT_EQ(m_statistics.counters.dram.precharges, 1u);
    EXPECT_EQ(m_statistics.counters.dram.activates, 5u);
  });
}

}  // namespace
}  // namespace pim::test
