#pragma once

#include <cstdint>
#include <vector>

#include "tests/support/foreign_initiator.h"
#include "tests/support/systemc_test.h"
#include "tests/tlm/bank/small_bank.h"
#include "tlm/die/die.h"

namespace pim::test {

inline DieParameters smallDie(bool exact = true) {
  DieParameters parameters;
  parameters.banks = 4;
  parameters.timing.link = Bandwidth::fromGbPerS(32);
  parameters.timing.ram = Bandwidth::fromGbPerS(64);
  parameters.ramBytes = 8 * 1024;
  parameters.timing.hop = 2000;
  parameters.exact = exact;
  return parameters;
}

/// A die of four banks and two strangers at its two ports.
class DieTest : public SystemCTest {
 protected:
  explicit DieTest(const DieParameters& die = smallDie(), const BankParameters& bank = smallBank())
      : m_dieParameters(die), m_bankParameters(bank), m_die("die", die, m_bankParameters, m_statistics) {
    m_statistics.bankBusy = BankBusy(1, die.banks);
    m_initiator.socket.bind(m_die.interconnect().link[DieInterconnect::ProcessorPort]);
    m_other.socket.bind(m_die.interconnect().link[DieInterconnect::BusPort]);
  }

  static std::uint32_t bram(std::uint32_t offset) {
    return static_cast<std::uint32_t>(BankAddress::kBram) + offset;
  }
  std::uint32_t bramWord(unsigned bank, std::uint32_t offset) {
    std::uint32_t word = 0;
    EXPECT_EQ(m_initiator.debug(tlm::TLM_READ_COMMAND, DieAddress::bank(bank, bram(offset)), &word, 4), 4u);
    return word;
  }
  ForeignInitiator::Answer ring(std::uint32_t mask, const pim_command& command) {
    return m_initiator.write(DieAddress::broadcast(mask, BankAddress::kRegisters), &command, sizeof command);
  }
  std::uint32_t faults() { return m_initiator.readWord(DieAddress::kRegisters + DieAddress::kFaultMask); }
  /// Whether a bank runs a command at a time, as its own status register tells.
  bool busyAt(unsigned bank, Picoseconds time) {
    std::uint32_t word = 0;
    // The word leaves the bank before it travels the link.
    EXPECT_EQ(m_initiator.read(DieAddress::bank(bank, BankAddress::kStatus), &word, 4, time - now()).status,
              tlm::TLM_OK_RESPONSE);
    return word != 0;
  }
  Picoseconds cycles(std::int64_t n) const { return n * m_bankParameters.dram.timing().tCkPs; }
  /// emptyMac(rows) on an idle bank.
  Picoseconds emptyMacTime(std::uint32_t rows) const {
    return cycles(BankCompute::kDecodeCycles + m_bankParameters.dram.timing().tRcdMac +
                  rows * kEmptyMacColumnsPerRow * m_bankParameters.dram.timing().tCcd +
                  BankCompute::kDrainCycles);
  }
  /// The first clock edge at or after a time.
  Picoseconds edge(Picoseconds time) const { return m_bankParameters.compute.clock.edgeAtOrAfter(time); }

  DieParameters m_dieParameters;
  BankParameters m_bankParameters;
  Statistics m_statistics;
  Die m_die;
  ForeignInitiator m_initiator{"initiator"}, m_other{"other"};
};

}  // namespace pim::test
