#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/observe/activity.h"
#include "tests/support/foreign_initiator.h"
#include "tests/support/systemc_test.h"
#include "tests/support/temporary_folder.h"
#include "tests/tlm/bank/small_bank.h"
#include "tlm/bank/bank.h"
#include "tlm/rtl/checked_bank.h"
#include "tlm/rtl/reference_bank.h"

namespace pim::test {
namespace {

constexpr std::uint32_t kDie = 1, kBank = 2;

/// What an observer is told of the bank and of its RTL.
class Witness : public ActivityObserver {
 public:
  std::vector<DramCommand> dram;
  std::vector<std::pair<RtlBankState, Picoseconds>> states;
  std::vector<Picoseconds> mismatches;
  std::vector<std::pair<Picoseconds, Picoseconds>> work;

  void onBankWork(std::uint64_t dies, std::uint64_t banks, Picoseconds begin, Picoseconds end) override {
    EXPECT_EQ(dies, 1u << kDie);
    EXPECT_EQ(banks, 1u << kBank);
    work.emplace_back(begin, end);
  }
  void onMismatch(Picoseconds at) override { mismatches.push_back(at); }
  void onRtlDram(std::uint32_t die, const DramCommand& command) override {
    EXPECT_EQ(die, kDie);
    EXPECT_EQ(command.bank, kBank);
    dram.push_back(command);
  }
  void onRtlState(std::uint32_t die, std::uint32_t bank, RtlBankState state, Picoseconds at) override {
    EXPECT_EQ(die, kDie);
    EXPECT_EQ(bank, kBank);
    states.emplace_back(state, at);
  }
};

/// A bank's model, and RTL beside it that has been given an activate-to-MAC time of its own.
class WatchedBankTest : public SystemCTest {
 protected:
  void build(DramCycles rtlIsLaterBy) {
    BankParameters parameters = smallBank();
    m_bank = std::make_unique<Bank>("bank", m_commons, kBank);
    DramTiming timing = parameters.dram.timing();
    timing.tRcdMac += rtlIsLaterBy;
    parameters.dram = BankTiming(timing);
    m_checked =
        std::make_unique<CheckedBank>("checked", parameters, kDie, kBank,
                                      RtlPlace{"die1.bank2", true, m_wave, &m_witness}, makeReferenceBank);
    m_checked->bank().bind(m_bank->socket());
    m_initiator.socket.bind(m_checked->socket());
  }
  void ring(std::uint32_t rows) {
    const pim_command command = emptyMac(rows);
    m_initiator.write(BankAddress::kRegisters, &command, sizeof command);
  }
  Picoseconds cycles(std::int64_t n) const { return m_parameters.compute.clock.cycles(n); }

  const TemporaryFolder m_directory;
  const std::string m_wave = m_directory.path("wave.vcd");
  Counters m_counters;
  BankCommons m_commons{smallBank(), m_counters};
  const BankParameters& m_parameters = m_commons.parameters;
  Witness m_witness;
  std::unique_ptr<Bank> m_bank;
  std::unique_ptr<CheckedBank> m_checked;
  ForeignInitiator m_initiator{"initiator"};
};

TEST_F(WatchedBankTest, TellsWhatTheRtlDoes) {
  build(0);
  ring(3);
  ASSERT_EQ(m_witness.dram.size(), 1u + 3 * kEmptyMacColumnsPerRow) << "an activate and columns";
  EXPECT_EQ(m_witness.dram[0].kind, DramCommandKind::Activate);
  std::vector<RtlBankState> order;
  for (const auto& [state, at] : m_witness.states) order.push_back(state);
  EXPECT_EQ(order, (std::vector<RtlBankState>{RtlBankState::Decode, RtlBankState::Columns,
                                              RtlBankState::Drain, RtlBankState::Idle}));
  EXPECT_TRUE(m_witness.mismatches.empty());
  EXPECT_TRUE(m_witness.work.empty()) << "that is the die's to tell";
}

TEST_F(WatchedBankTest, TellsTheFirstDifferenceAtTheCycleThatTheErrorNames) {
  build(7);
  std::string text;
  try {
    ring(3);
  } catch (const std::exception& report) {
    text = report.what();
  }
  ASSERT_NE(text.find("completion"), std::string::npos) << text;
  ASSERT_EQ(m_witness.mismatches.size(), 1u);
  const Picoseconds at = m_witness.mismatches[0];
  EXPECT_NE(text.find(fmt::format("cycle {};", at / cycles(1))), std::string::npos) << text;
  EXPECT_EQ(m_witness.dram.size(), 1u + 3 * kEmptyMacColumnsPerRow)
      << "told once, not again for the waveform";
  ASSERT_EQ(m_witness.work.size(), 1u) << "of the command the die will not hear of";
  EXPECT_EQ(m_witness.work[0].second + cycles(7), m_witness.states.back().second) << "the RTL was later";
}

}  // namespace
}  // namespace pim::test
