#include "tlm/kit/command_extension.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>

#include "tests/tlm/die/die_rig.h"
#include "tlm/kit/transaction.h"

namespace pim::test {
namespace {

TEST(CommandExtension, APayloadCarriesAnotherRequestOnlyWithinAScope) {
  tlm::tlm_generic_payload payload;
  CommandExtension given, other;
  {
    const CarriedRequest carried(payload, other);
    EXPECT_EQ(payload.get_extension<CommandExtension>(), &other);
  }
  EXPECT_EQ(payload.get_extension<CommandExtension>(), nullptr);
  payload.set_extension(&given);
  {
    const CarriedRequest carried(payload, other);
    EXPECT_EQ(payload.get_extension<CommandExtension>(), &other);
  }
  EXPECT_EQ(payload.get_extension<CommandExtension>(), &given);
  payload.clear_extension(&given);
}

TEST(CommandExtension, APayloadWithoutOneIsServedAndLeftAsItCame) {
  tlm::tlm_generic_payload payload;
  bool served = false;
  withCommand(payload, [&](const CommandRequest& request, CommandAnswer& answer) {
    EXPECT_EQ(request.sequence, std::uint32_t{PIM_NO_SEQUENCE});
    EXPECT_EQ(request.diesFrom(DieIndex(5)), DieSet(DieIndex(5)));
    answer.done = 1;
    served = true;
  });
  EXPECT_TRUE(served);
  EXPECT_EQ(payload.get_extension<CommandExtension>(), nullptr);
}

/// Sends our own transactions to a die.
struct OwnInitiator : sc_core::sc_module {
  explicit OwnInitiator(const sc_core::sc_module_name& name) : sc_module(name) {}
  tlm_utils::simple_initiator_socket<OwnInitiator> socket{"socket"};
};

class RequestOnItsWay : public SystemCTest {
 protected:
  RequestOnItsWay() {
    m_statistics.bankBusy = BankBusy(4, 4);
    m_initiator.socket.bind(m_die.interconnect().link[DieInterconnect::ProcessorPort]);
    m_other.socket.bind(m_die.interconnect().link[DieInterconnect::BusPort]);
  }
  Statistics m_statistics;
  Die m_die{"die", smallDie(), smallBank(), m_statistics};
  OwnInitiator m_initiator{"initiator"};
  ForeignInitiator m_other{"other"};
};

TEST_F(RequestOnItsWay, StaysAsItsInitiatorWroteItAndIsAnsweredOnce) {
  simulate([this] {
    Transaction transaction;
    CommandRequest& request = transaction.command.request;
    request.sequence = 7;
    request.multiplicity = 2;
    request.dies = DieSet::fromMask(0b1001);
    const pim_command command = emptyMac(4);
    const auto send = [&](std::uint64_t address, std::uint32_t bytes, bool write) {
      std::array<std::uint8_t, PIM_COMMAND_BYTES> data{};
      if (bytes == PIM_COMMAND_BYTES) std::memcpy(data.data(), &command, bytes);
      sc_core::sc_time delay;
      transaction.command.answer = {-1, -1};
      m_initiator.socket->b_transport(write ? transaction.write(address, data.data(), bytes)
                                            : transaction.read(address, data.data(), bytes),
                                      delay);
      ASSERT_TRUE(transaction.ok());
      EXPECT_EQ(request.sequence, 7u);
      EXPECT_EQ(request.multiplicity, 2u);
      EXPECT_EQ(request.dies, DieSet::fromMask(0b1001));
      EXPECT_TRUE(request.banks.empty());
      EXPECT_EQ(request.work, nullptr);
      EXPECT_GE(transaction.command.answer.serviceStart, 0);
      EXPECT_GT(transaction.command.answer.done, transaction.command.answer.serviceStart);
    };
    const auto bram = static_cast<std::uint32_t>(BankAddress::kBram);
    send(DieAddress::broadcast(0b1011, 0), PIM_COMMAND_BYTES, true);
    send(DieAddress::broadcast(0b1011, bram), 64, true);
    send(DieAddress::gather(0b1011, bram), 12, false);
    send(DieAddress::bank(2, BankAddress::kBmem), 32, true);
    send(DieAddress::bank(2, BankAddress::kBmem), 32, false);
    EXPECT_EQ(m_statistics.bankBusy[3 * 4 + 1], m_statistics.bankBusy[1]) << "die 3, for which it stood too";
    EXPECT_GT(m_statistics.bankBusy[1], 0);
  });
}

}  // namespace
}  // namespace pim::test
