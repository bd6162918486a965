#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "tests/support/foreign_initiator.h"
#include "tests/support/systemc_test.h"
#include "tests/tlm/bank/small_bank.h"
#include "tlm/bank/bank.h"

namespace pim::test {

/// Bank `index` of a die, alone, in the hands of somebody who knows only its addresses.
class BankTest : public SystemCTest {
 protected:
  explicit BankTest(std::uint32_t index = 0) : m_bank("bank", m_commons, index) {
    m_initiator.socket.bind(m_bank.socket());
  }

  void writeBram(std::uint32_t offset, const std::vector<std::uint8_t>& bytes) {
    const auto answer = m_initiator.write(BankAddress::kBram + offset, bytes.data(),
                                          static_cast<std::uint32_t>(bytes.size()));
    ASSERT_EQ(answer.status, tlm::TLM_OK_RESPONSE);
  }
  /// Puts cells in place beside time, as a loader does.
  void loadBmem(std::uint32_t offset, std::vector<std::uint8_t> bytes) {
    const auto size = static_cast<std::uint32_t>(bytes.size());
    ASSERT_EQ(m_initiator.debug(tlm::TLM_WRITE_COMMAND, BankAddress::kBmem + offset, bytes.data(), size),
              size);
  }
  template <typename T>
  std::vector<T> inspect(std::uint64_t address, std::size_t elements) {
    std::vector<T> values(elements);
    const auto size = static_cast<std::uint32_t>(elements * sizeof(T));
    EXPECT_EQ(m_initiator.debug(tlm::TLM_READ_COMMAND, address, values.data(), size), size);
    return values;
  }

  tlm::tlm_response_status ring(const pim_command& command) {
    return m_initiator.write(BankAddress::kRegisters, &command, sizeof command).status;
  }
  bool busyAt(Picoseconds time) { return m_initiator.readWord(BankAddress::kStatus, time - now()) != 0; }
  Picoseconds cycles(std::int64_t n) const { return n * m_parameters.dram.timing().tCkPs; }

  Counters m_counters;
  BankCommons m_commons{smallBank(), m_counters};
  const BankParameters& m_parameters = m_commons.parameters;
  Bank m_bank;
  ForeignInitiator m_initiator{"initiator"};
  std::mt19937 m_random{11};
};

}  // namespace pim::test
