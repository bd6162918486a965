// What the base protocol of IEEE 1666-2011 asks of a die beyond moving bytes.
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "tests/tlm/die/die_rig.h"
#include "tlm/bank/bank_interposer.h"

namespace pim::test {
namespace {

/// An interposer as somebody else would write it, from convenience sockets: it denies direct pointers as they
/// do, for all addresses, and counts the accesses that come with a hint set already.
class ForeignInterposer : public BankInterposer {
 public:
  explicit ForeignInterposer(const sc_core::sc_module_name& name) : BankInterposer(name) {
    m_die.register_b_transport(this, &ForeignInterposer::transport);
  }
  tlm::tlm_target_socket<>& socket() override { return m_die; }
  tlm::tlm_initiator_socket<>& bank() override { return m_bank; }
  RtlWork work() const override { return {}; }

  void invalidate(std::uint64_t start, std::uint64_t end) { m_die->invalidate_direct_mem_ptr(start, end); }
  unsigned accesses() const { return m_accesses; }
  unsigned hints() const { return m_hints; }

 private:
  void transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    ++m_accesses;
    if (payload.is_dmi_allowed()) ++m_hints;
    m_bank->b_transport(payload, delay);
  }

  tlm_utils::simple_target_socket<ForeignInterposer> m_die{"die"};
  tlm_utils::simple_initiator_socket<ForeignInterposer> m_bank{"bank"};
  unsigned m_accesses = 0;
  unsigned m_hints = 0;
};

/// A die of four banks, each behind somebody else's interposer.
class InterposedDie : public SystemCTest {
 protected:
  InterposedDie() {
    m_statistics.bankBusy = BankBusy(1, 4);
    m_initiator.socket.bind(m_die.interconnect().link[DieInterconnect::ProcessorPort]);
    m_other.socket.bind(m_die.interconnect().link[DieInterconnect::BusPort]);
  }

  static constexpr std::uint32_t kBram = BankAddress::kBram;
  static constexpr std::uint64_t kBankWindow = std::uint64_t{1} << DieAddress::kBankShift;

  std::vector<ForeignInterposer*> m_interposers;
  Statistics m_statistics;
  Die m_die{
      "die", smallDie(), smallBank(), m_statistics, {}, [this](const BankParameters&, std::uint32_t bank) {
        auto made = std::make_unique<ForeignInterposer>(("bank" + std::to_string(bank) + "_of").c_str());
        m_interposers.push_back(made.get());
        return made;
      }};
  ForeignInitiator m_initiator{"initiator"}, m_other{"other"};
};

TEST_F(InterposedDie, EachBankOfAMaskGetsAPayloadWithoutAHint) {
  simulate([this] {
    std::array<std::uint32_t, 4> words{1, 2, 3, 4};
    m_initiator.write(DieAddress::broadcast(0b1111, kBram), words.data(), 16);
    m_initiator.read(DieAddress::gather(0b1111, kBram), words.data(), 16);
    for (const ForeignInterposer* bank : m_interposers) {
      EXPECT_EQ(bank->accesses(), 2u);
      EXPECT_EQ(bank->hints(), 0u) << bank->name();
    }
  });
}

TEST_F(InterposedDie, DenialsOfABankStayInItsWindow) {
  simulate([this] {
    tlm::tlm_dmi dmi;
    EXPECT_FALSE(m_initiator.direct(DieAddress::bank(1, BankAddress::kBmem), dmi));
    EXPECT_EQ(dmi.get_start_address(), 2 * kBankWindow);
    EXPECT_EQ(dmi.get_end_address(), 3 * kBankWindow - 1);
    EXPECT_TRUE(dmi.is_read_write_allowed()) << "what is denied";
  });
}

TEST_F(InterposedDie, InvalidationsOfABankStayInItsWindow) {
  using Range = std::pair<std::uint64_t, std::uint64_t>;
  simulate([this] {
    m_interposers[2]->invalidate(0, ~std::uint64_t{0});
    m_interposers[2]->invalidate(0x100, 0x1FF);
    m_interposers[2]->invalidate(kBankWindow, ~std::uint64_t{0});  // of nothing in it
    const std::vector<Range> expected{{3 * kBankWindow, 4 * kBankWindow - 1},
                                      {3 * kBankWindow + 0x100, 3 * kBankWindow + 0x1FF}};
    EXPECT_EQ(m_initiator.revoked(), expected);
    EXPECT_EQ(m_other.revoked(), expected) << "at both ports";
  });
}

/// A bank of somebody else's: a module with a target socket, which keeps a word and counts doorbells.
class ForeignBank : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<ForeignBank> socket{"socket"};
  unsigned doorbells = 0;

  explicit ForeignBank(const sc_core::sc_module_name& name) : sc_module(name) {
    socket.register_b_transport(this, &ForeignBank::transport);
  }

 private:
  void transport(tlm::tlm_generic_payload& payload, sc_core::sc_time&) {
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
    if (payload.get_address() == BankAddress::kRegisters && payload.is_write()) {
      ++doorbells;
    } else if (payload.is_write()) {
      std::memcpy(&m_word, payload.get_data_ptr(), sizeof m_word);
    } else {
      std::memcpy(payload.get_data_ptr(), &m_word, sizeof m_word);
    }
  }
  std::uint32_t m_word = 0;
};

class DieOfForeignBanks : public SystemCTest {
 protected:
  DieOfForeignBanks() {
    m_statistics.bankBusy = BankBusy(1, 4);
    for (auto* bank : {&m_banks[0], &m_banks[1], &m_banks[2], &m_banks[3]}) m_die.banks.bind(bank->socket);
    m_initiator.socket.bind(m_die.link[DieInterconnect::ProcessorPort]);
    m_other.socket.bind(m_die.link[DieInterconnect::BusPort]);
  }

  Statistics m_statistics;
  BankCommons m_commons{smallBank(), m_statistics.counters};
  ForeignBank m_banks[4]{ForeignBank("a"), ForeignBank("b"), ForeignBank("c"), ForeignBank("d")};
  DieInterconnect m_die{"die", smallDie(), std::vector<LockstepBank*>(4, nullptr), m_commons, m_statistics};
  ForeignInitiator m_initiator{"initiator"}, m_other{"other"};
};

TEST_F(DieOfForeignBanks, ASocketIsAllThatABankNeeds) {
  simulate([this] {
    const std::uint32_t seven = 7;
    m_initiator.write(DieAddress::broadcast(0b1011, BankAddress::kBram), &seven, 4);
    std::array<std::uint32_t, 4> words{};
    EXPECT_EQ(m_initiator.read(DieAddress::gather(0b1111, BankAddress::kBram), words.data(), 16).status,
              tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(words, (std::array<std::uint32_t, 4>{7, 7, 0, 7}));
    const pim_command command = emptyMac(4);
    EXPECT_EQ(m_initiator.write(DieAddress::broadcast(0b0110, 0), &command, sizeof command).status,
              tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(m_banks[0].doorbells + m_banks[3].doorbells, 0u);
    EXPECT_EQ(m_banks[1].doorbells, 1u);
    EXPECT_EQ(m_banks[2].doorbells, 1u);
  });
}

TEST_F(DieTest, GatheredPartsGoOnWithThePatternOfByteEnables) {
  simulate([this] {
    const std::array<std::uint8_t, 12> bytes{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    for (unsigned bank = 0; bank < 3; ++bank)
      m_initiator.write(DieAddress::bank(bank, bram(0)), bytes.data() + 4 * bank, 4);
    const std::uint64_t all = DieAddress::gather(0b111, bram(0));

    const std::array<std::uint8_t, 8> firstOfTwo{0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0};
    std::array<std::uint8_t, 12> read{};
    auto answer = m_initiator.byteEnables(firstOfTwo.data(), 8).read(all, read.data(), 12);
    EXPECT_EQ(answer.status, tlm::TLM_OK_RESPONSE);
    EXPECT_TRUE(answer.payloadKept);
    EXPECT_EQ(read, (std::array<std::uint8_t, 12>{1, 2, 3, 4, 0, 0, 0, 0, 9, 10, 11, 12}));

    const std::array<std::uint8_t, 3> everyThird{0, 0xFF, 0};  // a period that does not divide a part
    read.fill(0);
    m_initiator.byteEnables(everyThird.data(), 3).read(all, read.data(), 12);
    EXPECT_EQ(read, (std::array<std::uint8_t, 12>{0, 2, 0, 0, 5, 0, 0, 8, 0, 0, 11, 0}));

    EXPECT_EQ(m_initiator.byteEnables(everyThird.data(), 0).read(all, read.data(), 12).status,
              tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE)
        << "no pattern";
  });
}

TEST_F(DieTest, AGatherKeepsTheStreamingWidthAndRefusesOneThatWraps) {
  simulate([this] {
    std::array<std::uint8_t, 8> bytes{};
    const std::uint64_t address = DieAddress::gather(0b11, bram(0));
    const auto wraps = m_initiator.streamingWidth(4).read(address, bytes.data(), 8);
    EXPECT_EQ(wraps.status, tlm::TLM_BURST_ERROR_RESPONSE);
    EXPECT_TRUE(wraps.payloadKept);
    const auto wide = m_initiator.streamingWidth(64).read(address, bytes.data(), 8);
    EXPECT_EQ(wide.status, tlm::TLM_OK_RESPONSE);
    EXPECT_TRUE(wide.payloadKept);
  });
}

TEST_F(DieTest, HintsAtDirectPointersOnlyWhereItGrantsThem) {
  simulate([this] {
    std::array<std::uint8_t, 8> bytes{};
    tlm::tlm_dmi dmi;
    for (const std::uint64_t address :
         {DieAddress::bank(0, bram(0)), DieAddress::bank(0, BankAddress::kBmem), DieAddress::kDieRam,
          DieAddress::gather(0b11, bram(0)), DieAddress::bank(0, BankAddress::kStatus)}) {
      const std::uint32_t length = address == DieAddress::bank(0, BankAddress::kStatus) ? 4 : 8;
      const auto answer = m_initiator.read(address, bytes.data(), length);
      ASSERT_EQ(answer.status, tlm::TLM_OK_RESPONSE) << std::hex << address;
      EXPECT_EQ(answer.directHint, m_initiator.direct(address, dmi)) << std::hex << address;
    }
    EXPECT_FALSE(m_initiator.write(DieAddress::broadcast(0b11, bram(0)), bytes.data(), 8).directHint);
  });
}

TEST_F(DieTest, SaysWhatItDenies) {
  simulate([this] {
    tlm::tlm_dmi dmi;
    for (const std::uint64_t address : {DieAddress::kDieRam, DieAddress::broadcast(1, bram(0)),
                                        DieAddress::bank(1, BankAddress::kStatus)}) {
      EXPECT_FALSE(m_initiator.direct(address, dmi));
      EXPECT_TRUE(dmi.is_read_write_allowed()) << std::hex << address;
      EXPECT_LE(dmi.get_start_address(), address);
      EXPECT_GE(dmi.get_end_address(), address);
    }
  });
}

TEST_F(DieTest, DebugAccessesNeedOnlyWhatTheStandardAsksFor) {
  simulate([this] {
    const std::uint8_t none = TLM_BYTE_DISABLED;
    for (const std::uint64_t address :
         {DieAddress::kDieRam, DieAddress::bank(1, bram(0)), DieAddress::bank(1, BankAddress::kBmem)}) {
      std::uint32_t out = 3, in = 0;
      EXPECT_EQ(m_initiator.byteEnables(&none, 1).debug(tlm::TLM_WRITE_COMMAND, address, &out, 4), 4u);
      EXPECT_EQ(m_initiator.debug(tlm::TLM_READ_COMMAND, address, &in, 4), 4u);
      EXPECT_EQ(in, out);
    }
    std::uint32_t busy = 7;
    EXPECT_EQ(m_initiator.debug(tlm::TLM_READ_COMMAND, DieAddress::bank(1, BankAddress::kStatus), &busy, 4),
              4u);
    EXPECT_EQ(busy, 0u);
  });
}

}  // namespace
}  // namespace pim::test
