#pragma once

#include <tlm_utils/simple_initiator_socket.h>

#include <cstdint>
#include <memory>
#include <systemc>
#include <vector>

#include "tlm/bank/bank.h"
#include "tlm/kit/transaction.h"
#include "tlm/rtl/die_model.h"

namespace pim::cosim {

constexpr Picoseconds kDieCycle = 1000;
// Bytes of the banks' memories. One bank has less BRAM, so that some accesses fail in that bank only.
constexpr std::uint32_t kDieBenchBram = 8 * 1024;
constexpr std::uint32_t kDieBenchShortBram = 2 * 1024;
constexpr std::uint32_t kDieBenchBmem = 1 << 20;

/// State that the banks of the bench share.
class DieBenchCommons {
 public:
  explicit DieBenchCommons(Counters& counters);
  BankCommons& of(std::uint32_t bank) { return bank == 1 ? m_shortBram : m_usual; }

 private:
  BankCommons m_usual, m_shortBram;
};

/// The banks behind the RTL die: TLM banks like those behind the model, so that only the dies differ.
class BanksBehindRtl : public sc_core::sc_module, public DieModel::Banks {
 public:
  BanksBehindRtl(const sc_core::sc_module_name& name, std::uint32_t count);

  std::int64_t now = 0;  ///< current cycle
  /// Cycles that the last write took in the bank itself.
  std::int64_t writing = 0;

  BusError write(std::uint32_t bank, std::uint32_t offset, const std::vector<std::uint8_t>& bytes,
                 const std::vector<std::uint8_t>& strobes) override;
  BusError read(std::uint32_t bank, std::uint32_t offset, std::vector<std::uint8_t>& bytes) override;
  BusError open(std::uint32_t bank, std::uint32_t offset, std::vector<std::uint8_t>& bytes,
                std::int64_t& cycles) override;
  BusError command(std::uint32_t bank, std::uint32_t offset, const std::vector<std::uint8_t>& bytes) override;

  const Bank& bank(std::uint32_t index) const { return *m_banks[index]; }
  std::uint32_t word(std::uint32_t bank, std::uint64_t offset);

 private:
  /// `cycles` receives the time of the access in the bank.
  BusError access(std::uint32_t bank, tlm::tlm_generic_payload& payload, std::int64_t& cycles);

  Counters m_counters;
  DieBenchCommons m_shared{m_counters};
  std::vector<std::unique_ptr<Bank>> m_banks;
  sc_core::sc_vector<tlm_utils::simple_initiator_socket_tagged<BanksBehindRtl>> m_ports;
  Transaction m_access;
  std::vector<std::uint8_t> m_enables;
};

}  // namespace pim::cosim
