#include "tlm/bank/bmem.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>

#include "tests/support/foreign_initiator.h"
#include "tests/support/systemc_test.h"
#include "tests/tlm/bank/small_bank.h"

namespace pim::test {
namespace {

class BmemTest : public SystemCTest {
 protected:
  static constexpr std::uint64_t kRow = 2048;

  BmemTest() {
    m_initiator.socket.bind(m_bmem.sequencer);
    m_other.socket.bind(m_bmem.macArray);
  }

  Picoseconds cycles(DramCycles n) const { return n * m_parameters.dram.timing().tCkPs; }

  Counters m_counters;
  BankCommons m_commons{smallBank(), m_counters};
  const BankParameters& m_parameters = m_commons.parameters;
  const DramTiming& m_dram = m_parameters.dram.timing();
  Bmem m_bmem{"bmem", m_commons, 0};
  ForeignInitiator m_initiator{"initiator"}, m_other{"other"};
};

TEST_F(BmemTest, ShowsRowTimingInTheDelay) {
  simulate([this] {
    std::array<std::uint8_t, 64> data{};
    const Picoseconds opened = m_initiator.read(0, data.data(), 32).delay;
    EXPECT_EQ(opened, cycles(m_dram.tRcdRead + m_dram.tCcd));

    const Picoseconds hit = m_initiator.read(64, data.data(), 64, opened).delay;
    EXPECT_EQ(hit, opened + cycles(2 * m_dram.tCcd)) << "two columns of an open row";

    const Picoseconds conflict = m_initiator.read(kRow, data.data(), 32, hit).delay;
    EXPECT_GE(conflict - hit, cycles(m_dram.tRp + m_dram.tRcdRead + m_dram.tCcd)) << "another row";
    EXPECT_EQ(m_counters.dram.activates, 2u);
    EXPECT_EQ(m_counters.dram.precharges, 1u);
    EXPECT_EQ(m_counters.dram.columnReads, 4u);
    EXPECT_EQ(m_counters.dram.rowsFoundOpen, 1u);
    EXPECT_EQ(m_counters.bankBytes[PIM_STREAM_WEIGHTS], 4u * PIM_COLUMN_BYTES);
  });
}

TEST_F(BmemTest, CountsColumnsAnAccessTouches) {
  simulate([this] {
    std::array<std::uint8_t, 32> data{};
    m_initiator.write(16, data.data(), 32);  // half of one, half of the next
    EXPECT_EQ(m_counters.dram.columnWrites, 2u);
    m_initiator.write(64, data.data(), 1);
    EXPECT_EQ(m_counters.dram.columnWrites, 3u);
  });
}

TEST_F(BmemTest, ServesOneAfterAnother) {
  simulate([this] {
    std::array<std::uint8_t, 32> data{};
    const Picoseconds first = m_initiator.read(0, data.data(), 32).delay;
    const Picoseconds second = m_other.read(32, data.data(), 32).delay;  // also at time 0
    EXPECT_EQ(second, first + cycles(m_dram.tCcd));
  });
}

TEST_F(BmemTest, WritesTakeTheirOwnTimings) {
  simulate([this] {
    std::array<std::uint8_t, 32> data{};
    EXPECT_EQ(m_initiator.write(0, data.data(), 32).delay, cycles(m_dram.tRcdWrite + m_dram.tCcd));
    EXPECT_EQ(m_counters.dram.columnWrites, 1u);
    EXPECT_EQ(m_counters.dram.columnReads, 0u);
  });
}

TEST_F(BmemTest, StartsWhenTheInitiatorMeans) {
  simulate([this] {
    std::array<std::uint8_t, 32> data{};
    EXPECT_EQ(m_initiator.read(0, data.data(), 32, 100'100).delay,
              100'500 + cycles(m_dram.tRcdRead + m_dram.tCcd))
        << "the first clock edge after";
  });
}

TEST_F(BmemTest, DebugAccessesTakeNoTimeAndLeaveTheRowsAlone) {
  simulate([this] {
    std::array<std::uint8_t, 32> data{};
    const Picoseconds opened = m_initiator.read(0, data.data(), 32).delay;
    std::uint32_t out = 5, in = 0;
    EXPECT_EQ(m_initiator.debug(tlm::TLM_WRITE_COMMAND, 3 * kRow, &out, 4), 4u);
    EXPECT_EQ(m_initiator.debug(tlm::TLM_READ_COMMAND, 3 * kRow, &in, 4), 4u);
    EXPECT_EQ(in, 5u);
    EXPECT_EQ(m_counters.dram.activates, 1u);
    EXPECT_EQ(m_counters.dram.columnReads, 1u);
    EXPECT_EQ(m_initiator.read(32, data.data(), 32, opened).delay, opened + cycles(m_dram.tCcd))
        << "still open";
  });
}

TEST_F(BmemTest, HonoursByteEnables) {
  simulate([this] {
    const std::array<std::uint8_t, 4> second{0, TLM_BYTE_ENABLED, 0, 0};
    std::uint32_t word = 0xFFFFFFFF;
    m_initiator.byteEnables(second.data(), 4).write(0, &word, 4);
    EXPECT_EQ(m_initiator.readWord(0), 0xFF00u);
  });
}

TEST_F(BmemTest, RefusesWhatItDoesNotHold) {
  simulate([this] {
    std::uint64_t word = 0;
    const std::uint64_t end = m_dram.organisation.bankBytes;
    EXPECT_EQ(m_initiator.read(end - 4, &word, 8).status, tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(m_initiator.read(end, &word, 1).status, tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(m_initiator.transport(tlm::TLM_IGNORE_COMMAND, 0, &word, 8).status,
              tlm::TLM_COMMAND_ERROR_RESPONSE);
    EXPECT_EQ(m_initiator.streamingWidth(4).read(0, &word, 8).status, tlm::TLM_BURST_ERROR_RESPONSE);
    EXPECT_EQ(m_initiator.read(0, &word, 0).status, tlm::TLM_BURST_ERROR_RESPONSE);
    EXPECT_EQ(m_counters.dram.activates, 0u) << "nothing refused opens a row";
  });
}

TEST_F(BmemTest, GrantsADirectPointer) {
  simulate([this] {
    tlm::tlm_dmi dmi;
    ASSERT_TRUE(m_initiator.direct(0, dmi));
    EXPECT_EQ(dmi.get_end_address(), m_dram.organisation.bankBytes - 1);
    dmi.get_dmi_ptr()[kRow] = 3;
    std::uint8_t byte = 0;
    m_initiator.read(kRow, &byte, 1);
    EXPECT_EQ(byte, 3);
  });
}

}  // namespace
}  // namespace pim::test
