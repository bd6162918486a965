#include "tlm/kit/memory.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <vector>

#include "core/base/work_pool.h"
#include "tests/support/foreign_initiator.h"
#include "tests/support/systemc_test.h"
#include "tlm/kit/transaction.h"

namespace pim::test {
namespace {

constexpr std::size_t kBytes = 4096;

class MemoryTest : public SystemCTest {
 protected:
  MemoryTest() { m_initiator.socket.bind(m_memory.ports[0]); }

  Memory m_memory{"memory", kBytes, 1, Bandwidth::fromGbPerS(32)};
  ForeignInitiator m_initiator{"initiator"};
};

TEST_F(MemoryTest, GivesBackWhatWasWritten) {
  simulate([this] {
    const std::array<std::uint8_t, 5> out{1, 2, 3, 4, 5};
    std::array<std::uint8_t, 7> in{};
    EXPECT_EQ(m_initiator.write(100, out.data(), 5).status, tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(m_initiator.read(99, in.data(), 7).status, tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(in, (std::array<std::uint8_t, 7>{0, 1, 2, 3, 4, 5, 0}));
  });
}

/// A memory whose units may lag behind. Its pool has no thread of its own, so work is done when somebody
/// asks.
class LaggingMemoryTest : public SystemCTest {
 protected:
  LaggingMemoryTest() { m_initiator.socket.bind(m_memory.ports[0]); }

  WorkPool m_pool{1};
  WorkLane m_lane{&m_pool};
  Memory m_memory{"memory", kBytes, 1, Bandwidth{}, &m_lane};
  ForeignInitiator m_initiator{"initiator"};
};

TEST_F(LaggingMemoryTest, LeavesBytesThatAreKeptToItsLane) {
  simulate([this] {
    const auto bytes = std::make_shared<std::vector<std::uint8_t>>(std::vector<std::uint8_t>{1, 2, 3, 4});
    const std::shared_ptr<const std::vector<std::uint8_t>> kept = bytes;
    Transaction transaction;
    transaction.command.request.kept = &kept;
    sc_core::sc_time delay;
    m_memory.b_transport(transaction.write(8, kept->data(), 4), delay);
    ASSERT_TRUE(transaction.ok());
    EXPECT_EQ(kept.use_count(), 3);             // bytes, kept, the lane
    const std::vector<std::uint8_t> own{7, 7};  // of somebody who passed the request on
    m_memory.b_transport(transaction.write(20, own.data(), 2), delay);
    EXPECT_EQ(kept.use_count(), 2);  // stored at once, behind what the lane had
    m_memory.b_transport(transaction.write(8, kept->data(), 4), delay);
    EXPECT_EQ(kept.use_count(), 3);
    const std::uint8_t later = 9;
    m_initiator.write(9, &later, 1);  // comes behind it
    EXPECT_EQ(kept.use_count(), 2);
    std::array<std::uint8_t, 6> in{};
    m_initiator.read(7, in.data(), 6);
    EXPECT_EQ(in, (std::array<std::uint8_t, 6>{0, 1, 9, 3, 4, 0}));
  });
}

TEST_F(MemoryTest, AddsTheTimeOfTheBytesToTheDelay) {
  simulate([this] {
    std::array<std::uint8_t, 64> data{};
    EXPECT_EQ(m_initiator.write(0, data.data(), 64).delay, 2000);  // 64 B at 32 GB/s
    EXPECT_EQ(m_initiator.read(0, data.data(), 32, 5000).delay, 6000);
    EXPECT_EQ(now(), 0);
  });
}

TEST_F(MemoryTest, HonoursByteEnablesAndRepeatsTheirPattern) {
  simulate([this] {
    const std::array<std::uint8_t, 2> odd{TLM_BYTE_DISABLED, TLM_BYTE_ENABLED};
    const std::array<std::uint8_t, 6> ones{1, 1, 1, 1, 1, 1};
    std::array<std::uint8_t, 6> in{};
    EXPECT_EQ(m_initiator.byteEnables(odd.data(), 2).write(0, ones.data(), 6).status, tlm::TLM_OK_RESPONSE);
    m_initiator.read(0, in.data(), 6);
    EXPECT_EQ(in, (std::array<std::uint8_t, 6>{0, 1, 0, 1, 0, 1}));

    in.fill(9);
    m_initiator.byteEnables(odd.data(), 2).read(0, in.data(), 6);
    EXPECT_EQ(in, (std::array<std::uint8_t, 6>{9, 1, 9, 1, 9, 1}));
  });
}

TEST_F(MemoryTest, RefusesByteEnablesWithoutAPattern) {
  simulate([this] {
    const std::uint8_t enable = TLM_BYTE_ENABLED;
    std::uint32_t word = 0;
    EXPECT_EQ(m_initiator.byteEnables(&enable, 0).write(0, &word, 4).status,
              tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
  });
}

TEST_F(MemoryTest, RefusesWhatLiesBeyondItsEnd) {
  simulate([this] {
    std::uint64_t word = ~std::uint64_t{0};
    EXPECT_EQ(m_initiator.write(kBytes - 8, &word, 8).status, tlm::TLM_OK_RESPONSE);
    word = 0;
    EXPECT_EQ(m_initiator.write(kBytes - 4, &word, 8).status, tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(m_initiator.write(kBytes, &word, 1).status, tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(m_initiator.write(~std::uint64_t{0}, &word, 8).status, tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(m_initiator.read(kBytes - 8, &word, 8).status, tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(word, ~std::uint64_t{0}) << "a refused write leaves no trace";
  });
}

TEST_F(MemoryTest, RefusesCommandsAndBurstsItDoesNotKnow) {
  simulate([this] {
    std::uint64_t word = 0;
    EXPECT_EQ(m_initiator.transport(tlm::TLM_IGNORE_COMMAND, 0, &word, 8).status,
              tlm::TLM_COMMAND_ERROR_RESPONSE);
    EXPECT_EQ(m_initiator.streamingWidth(4).write(0, &word, 8).status, tlm::TLM_BURST_ERROR_RESPONSE);
    EXPECT_EQ(m_initiator.write(0, &word, 0).status, tlm::TLM_BURST_ERROR_RESPONSE);
  });
}

TEST_F(MemoryTest, MovesDebugBytesWithoutTime) {
  simulate([this] {
    std::uint32_t out = 0x12345678, in = 0;
    EXPECT_EQ(m_initiator.debug(tlm::TLM_WRITE_COMMAND, 8, &out, 4), 4u);
    EXPECT_EQ(m_initiator.debug(tlm::TLM_READ_COMMAND, 8, &in, 4), 4u);
    EXPECT_EQ(in, out);
    EXPECT_EQ(m_initiator.debug(tlm::TLM_READ_COMMAND, kBytes, &in, 4), 0u);
    EXPECT_EQ(now(), 0);
  });
}

TEST_F(MemoryTest, ADebugAccessLooksAtNoByteEnables) {
  simulate([this] {
    const std::uint8_t none = TLM_BYTE_DISABLED;
    std::uint32_t out = 0x12345678, in = 0;
    EXPECT_EQ(m_initiator.byteEnables(&none, 1).debug(tlm::TLM_WRITE_COMMAND, 8, &out, 4), 4u);
    EXPECT_EQ(m_initiator.byteEnables(&none, 1).debug(tlm::TLM_READ_COMMAND, 8, &in, 4), 4u);
    EXPECT_EQ(in, out);
    EXPECT_EQ(m_initiator.debug(tlm::TLM_IGNORE_COMMAND, 8, &in, 4), 0u);
    EXPECT_EQ(m_initiator.debug(tlm::TLM_READ_COMMAND, 8, &in, 0), 0u);
  });
}

TEST_F(MemoryTest, GrantsADirectPointerToAllOfIt) {
  simulate([this] {
    tlm::tlm_dmi dmi;
    ASSERT_TRUE(m_initiator.direct(16, dmi));
    EXPECT_EQ(dmi.get_start_address(), 0u);
    EXPECT_EQ(dmi.get_end_address(), kBytes - 1);
    EXPECT_TRUE(dmi.is_read_write_allowed());
    dmi.get_dmi_ptr()[16] = 42;
    std::uint8_t byte = 0;
    m_initiator.read(16, &byte, 1);
    EXPECT_EQ(byte, 42);
  });
}

TEST_F(MemoryTest, TakesANonBlockingInitiatorForABug) {
  simulate([this] {
    std::uint32_t word = 0;
    EXPECT_THROW(
        m_initiator.nonBlocking(tlm::TLM_READ_COMMAND, 0, &word, 4, ForeignInitiator::Response::Complete),
        std::logic_error);
  });
}

}  // namespace
}  // namespace pim::test
