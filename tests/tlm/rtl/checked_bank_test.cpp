#include "tlm/rtl/checked_bank.h"

#include <gmock/gmock.h>

#include <cmath>
#include <filesystem>
#include <functional>
#include <regex>

#include "tests/support/foreign_initiator.h"
#include "tests/support/systemc_test.h"
#include "tests/support/temporary_folder.h"
#include "tests/tlm/bank/small_bank.h"
#include "tlm/bank/bank.h"
#include "tlm/rtl/reference_bank.h"
#include "tlm/rtl/rtl_mismatch.h"

namespace pim::test {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// Remembers when something differed.
struct MismatchObserver : ActivityObserver {
  void onMismatch(Picoseconds at) override { times.push_back(at); }
  std::vector<Picoseconds> times;
};

/// Between a CheckedBank and its model: what it does to a command only the model sees.
struct Meddler : sc_core::sc_module {
  explicit Meddler(const sc_core::sc_module_name& name) : sc_module(name) {
    target.register_b_transport(this, &Meddler::transport);
    target.register_transport_dbg(this, &Meddler::debug);
    target.register_get_direct_mem_ptr(this, &Meddler::direct);
    initiator.register_invalidate_direct_mem_ptr(this, &Meddler::invalidate);
  }
  void transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    pim_command command;
    std::uint8_t* const data = payload.get_data_ptr();
    const bool isCommand = payload.is_write() && payload.get_address() == BankAddress::kRegisters;
    if (isCommand) {
      std::memcpy(&command, data, sizeof command);
      meddle(command);
      payload.set_data_ptr(reinterpret_cast<std::uint8_t*>(&command));
    }
    initiator->b_transport(payload, delay);
    payload.set_data_ptr(data);
  }
  unsigned debug(tlm::tlm_generic_payload& payload) { return initiator->transport_dbg(payload); }
  bool direct(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
    return initiator->get_direct_mem_ptr(payload, dmi);
  }
  void invalidate(sc_dt::uint64 start, sc_dt::uint64 end) { target->invalidate_direct_mem_ptr(start, end); }

  tlm_utils::simple_target_socket<Meddler> target{"target"};
  tlm_utils::simple_initiator_socket<Meddler> initiator{"initiator"};
  std::function<void(pim_command&)> meddle = [](pim_command&) {};
};

class CheckedBankTest : public SystemCTest {
 protected:
  CheckedBankTest() {
    m_initiator.socket.bind(m_checked.socket());
    m_checked.bank().bind(m_meddler.target);
    m_meddler.initiator.bind(m_bank.socket());
    // Small scales and codes of 1: products are not zero.
    std::vector<std::uint8_t> cells(4096, 0x11);
    m_initiator.debug(tlm::TLM_WRITE_COMMAND, BankAddress::kBmem, cells.data(), 4096);
  }

  static Wiring watchedBy(ActivityObserver& observer) {
    Wiring wiring;
    wiring.activity = &observer;
    return wiring;
  }
  static pim_command mac() {
    pim_command command = emptyMac(4);
    command.flags = PIM_FLAG_RAW;
    return command;
  }
  /// How the run ends; "" if it goes on.
  std::string ring(const pim_command& command) {
    try {
      m_initiator.write(BankAddress::kRegisters, &command, sizeof command, 20'000);
      return "";
    } catch (const RtlMismatch& mismatch) {
      return mismatch.what();
    }
  }
  /// The first mantissa, as the model sees it.
  void spoilOperand() {
    Transaction transaction;
    const std::uint16_t mantissa = 1000;
    m_meddler.initiator->transport_dbg(transaction.write(BankAddress::kBram, &mantissa, sizeof mantissa));
  }

  TemporaryFolder m_directory;
  std::string m_wave = m_directory.path("wave.vcd");
  MismatchObserver m_observer;
  Counters m_counters;
  BankCommons m_commons{smallBank(), m_counters, watchedBy(m_observer)};
  const BankParameters& m_parameters = m_commons.parameters;
  Bank m_bank{"bank", m_commons, 0};
  Meddler m_meddler{"meddler"};
  CheckedBank m_checked{"checked",        m_parameters, 3, 0, {"die3.bank0", true, m_wave, &m_observer},
                        makeReferenceBank};
  ForeignInitiator m_initiator{"initiator"};
};

TEST_F(CheckedBankTest, CountsWhatItCompares) {
  EXPECT_EQ(ring(mac()), "");
  EXPECT_EQ(ring(mac()), "");
  std::uint8_t bytes[8];
  m_initiator.read(BankAddress::kBram, bytes, sizeof bytes);
  const RtlWork work = m_checked.work();
  EXPECT_EQ(work.block, "die3.bank0");
  EXPECT_TRUE(work.compared);
  EXPECT_EQ(work.commands, (std::map<std::uint8_t, std::uint64_t>{{PIM_OP_MAC, 2}}));
  EXPECT_EQ(work.accesses, 1u);
  EXPECT_GT(work.cycles, 2 * (BankCompute::kDecodeCycles + BankCompute::kDrainCycles));
  EXPECT_TRUE(fs::is_empty(m_directory.path())) << "a waveform of nothing";
}

TEST_F(CheckedBankTest, PassesOnThatPointersIntoTheCellsAreRevoked) {
  tlm::tlm_dmi dmi;
  ASSERT_TRUE(m_initiator.direct(BankAddress::kBmem, dmi));
  EXPECT_FALSE(m_initiator.direct(BankAddress::kBram, dmi)) << "the RTL has BRAM of its own";
  pim_command store = bankCommand(PIM_OP_STORE);
  store.body.store = {0, 1 << 16, 0, 1, 0, 64, 16, 0};
  ASSERT_EQ(ring(store), "");
  ASSERT_FALSE(m_initiator.revoked().empty());
  EXPECT_EQ(m_initiator.revoked()[0].first, BankAddress::kBmem);
}

TEST_F(CheckedBankTest, AnotherResultEndsTheRunWithAMessageAndAWaveform) {
  ASSERT_EQ(ring(mac()), "");
  m_meddler.meddle = [this](pim_command&) { spoilOperand(); };
  const std::string message = ring(mac());
  EXPECT_THAT(message,
              AllOf(StartsWith("RTL and model differ: die3.bank0: command 2, MAC (flags 2, groups 1, "),
                    HasSubstr("rows 4, k 64, vectors 1"),
                    HasSubstr("): vector 0, element 0 (BRAM byte 0x1000): expected "),
                    HasSubstr(", got 0 (bytes 0000000000000000), unchanged, cycle "),
                    HasSubstr("; waveform: " + m_wave)));
  ASSERT_EQ(m_observer.times.size(), 1u);
  EXPECT_GT(m_observer.times[0], 20'000);
  // All pins, and what is behind them, from before the command on: cycle 40 is at 20 ns.
  const std::string wave = m_directory.read("wave.vcd");
  EXPECT_THAT(wave,
              AllOf(HasSubstr("$timescale"), HasSubstr("$scope module u_array $end"), HasSubstr("done_o")));
  EXPECT_THAT(m_directory.read("wave.gtkw"),
              AllOf(HasSubstr("wave.vcd\"\n[savefile] \"/"), HasSubstr("@22\nTOP.bus_addr_i[21:0]\n"),
                    HasSubstr("@28\nTOP.done_o\n")));
}

/// The model computes with another operand, so that the RTL has the right result.
TEST_F(CheckedBankTest, ARoundedResultIsSaidWithItsSumAndTheCycleInWhichItWasWritten) {
  std::vector<std::uint8_t> before(32, 0x55);
  m_initiator.debug(tlm::TLM_WRITE_COMMAND, BankAddress::kBram + 0x1000, before.data(), 32);
  std::uint16_t mantissa = 7;
  m_initiator.debug(tlm::TLM_WRITE_COMMAND, BankAddress::kBram, reinterpret_cast<std::uint8_t*>(&mantissa),
                    2);
  m_meddler.meddle = [this](pim_command&) { spoilOperand(); };
  pim_command rounded = mac();
  rounded.flags = 0;
  rounded.body.mac.weight_exponent = -24;
  const std::string message = ring(rounded);
  std::smatch found;
  ASSERT_TRUE(
      std::regex_search(message, found,
                        std::regex(R"(: expected -?\d+ \(bytes \w{8}\) = (-?\d+) \* 2\^(-?\d+) rounded, )"
                                   R"(got (-?\d+) \(bytes \w{8}\), cycle (\d+); waveform)")))
      << message;
  const double sum = std::stod(found[1]) * std::pow(2.0, std::stoi(found[2]));
  EXPECT_EQ(std::stod(found[3]), std::floor(sum + 0.5));
  EXPECT_NE(std::stod(found[3]), 0);
  const std::int64_t written = std::stoll(found[4]), compared = m_observer.times.at(0) / 500;
  EXPECT_GT(written, 40) << "the command arrives";
  EXPECT_LT(written, compared);
  // The marker of GTKWave stands there; the clock has 500 ps.
  EXPECT_TRUE(std::regex_search(m_directory.read("wave.gtkw"),
                                std::regex("\n\\*-?[0-9.]+ " + std::to_string(written * 500) + "\n")))
      << m_directory.read("wave.gtkw");
}

TEST_F(CheckedBankTest, AnotherTimeEndsTheRun) {
  m_meddler.meddle = [](pim_command& command) { command.body.mac.rows = command.body.mac.out_rows = 5; };
  EXPECT_THAT(ring(mac()), AllOf(HasSubstr("): completion: expected cycle "), HasSubstr(", got cycle ")));
  EXPECT_TRUE(fs::exists(m_wave));
}

TEST_F(CheckedBankTest, ACommandThatOnlyOneRefusesEndsTheRun) {
  m_meddler.meddle = [](pim_command& command) { command.body.mac.group = 48; };
  EXPECT_THAT(ring(mac()), HasSubstr("): refused: expected yes, got no, cycle "));
}

TEST_F(CheckedBankTest, OtherCellsEndTheRun) {
  pim_command store = bankCommand(PIM_OP_STORE);
  store.body.store = {0, 1 << 16, 0, 1, 0, 64, 16, 0};
  m_meddler.meddle = [this](pim_command&) { spoilOperand(); };
  EXPECT_THAT(ring(store), HasSubstr("): cells byte 0x20: expected e8, got 00, cycle "));
  EXPECT_TRUE(fs::exists(m_wave));
}

TEST_F(CheckedBankTest, SaysNothingOfAWaveformThatCannotBeWritten) {
  fs::remove_all(m_directory.path());
  m_meddler.meddle = [this](pim_command&) { spoilOperand(); };
  const std::string message = ring(mac());
  EXPECT_THAT(message, HasSubstr("vector 0, element 0"));
  EXPECT_THAT(message, ::testing::Not(HasSubstr("waveform")));
}

}  // namespace
}  // namespace pim::test
