#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "tests/tlm/die/die_rig.h"

namespace pim::test {
namespace {

using Response = ForeignInitiator::Response;

/// Initiators that use nb_transport reach everything that others reach: the convenience sockets convert.
class NonBlocking : public DieTest {
 protected:
  ForeignInitiator::Answer write(std::uint64_t address, const void* data, std::uint32_t bytes,
                                 Response response = Response::EndResponsePhase) {
    return m_initiator.nonBlocking(tlm::TLM_WRITE_COMMAND, address, const_cast<void*>(data), bytes, response);
  }
  ForeignInitiator::Answer read(std::uint64_t address, void* data, std::uint32_t bytes,
                                Response response = Response::EndResponsePhase) {
    return m_initiator.nonBlocking(tlm::TLM_READ_COMMAND, address, data, bytes, response);
  }
};

TEST_F(NonBlocking, FourPhasesMoveTheDataInTheSameTime) {
  simulate([this] {
    std::vector<std::uint32_t> words(64, 7);
    const auto written = write(DieAddress::broadcast(0b11, bram(0)), words.data(), 256);
    EXPECT_EQ(written.status, tlm::TLM_OK_RESPONSE);
    EXPECT_TRUE(written.payloadKept);
    EXPECT_EQ(written.delay, 8000 + 2000);

    std::array<std::uint32_t, 2> words2{};
    EXPECT_EQ(read(DieAddress::gather(0b11, bram(4)), words2.data(), 8).status, tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(words2, (std::array<std::uint32_t, 2>{7, 7}));
  });
}

TEST_F(NonBlocking, TwoPhasesDoToo) {
  simulate([this] {
    const std::uint32_t out = 5;
    std::uint32_t in = 0;
    const std::uint64_t address = DieAddress::bank(1, BankAddress::kBmem + 32);
    EXPECT_EQ(write(address, &out, 4, Response::Complete).status, tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(read(address, &in, 4, Response::Complete).status, tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(in, 5u);
  });
}

TEST_F(NonBlocking, ErrorsComeBackAsTheyAre) {
  simulate([this] {
    std::uint32_t word = 0;
    const auto answer = write(DieAddress::broadcast(0x100, bram(0)), &word, 4);
    EXPECT_EQ(answer.status, tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_TRUE(answer.payloadKept);
    EXPECT_EQ(read(DieAddress::broadcast(1, bram(0)), &word, 4).status, tlm::TLM_COMMAND_ERROR_RESPONSE);
    EXPECT_EQ(write(DieAddress::broadcast(1, 0), &word, 4).status, tlm::TLM_BURST_ERROR_RESPONSE);
  });
}

TEST_F(NonBlocking, ADescriptorRunsAndItsStatusCanBePolled) {
  simulate([this] {
    constexpr std::uint32_t kRows = 24;  // in one page
    const pim_command command = emptyMac(kRows);
    const auto rung = write(DieAddress::broadcast(0b1, BankAddress::kRegisters), &command, sizeof command);
    EXPECT_EQ(rung.status, tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(rung.delay, 2000) << "long before the command is done";
    std::uint32_t busy = 0;
    ASSERT_EQ(read(DieAddress::bank(0, BankAddress::kStatus), &busy, 4).status, tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(busy, 1u);
    int polls = 1;
    while (busy != 0 && polls < 1000) {
      sc_core::wait(10, sc_core::SC_NS);
      read(DieAddress::bank(0, BankAddress::kStatus), &busy, 4);
      ++polls;
    }
    EXPECT_EQ(busy, 0u);
    EXPECT_GE(now(), 2000 + emptyMacTime(kRows));
    EXPECT_LE(now(), 2000 + emptyMacTime(kRows) + 20'000);
  });
}

TEST_F(NonBlocking, MixesWithBlockingInitiators) {
  simulate([this] {
    std::vector<std::uint8_t> bytes(320, 1);
    EXPECT_EQ(m_other.write(DieAddress::bank(0, bram(0)), bytes.data(), 320).delay, 12'000);
    EXPECT_EQ(write(DieAddress::bank(0, bram(0)), bytes.data(), 320).delay, 22'000) << "behind the other";
  });
}

}  // namespace
}  // namespace pim::test
