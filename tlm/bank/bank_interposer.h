#pragma once

#include <functional>
#include <memory>
#include <systemc>
#include <tlm>

#include "core/observe/rtl_work.h"
#include "tlm/bank/bank_parameters.h"

namespace pim {

/// A module between a die and one of its banks. It sees every access and may answer in place of the bank.
class BankInterposer : public sc_core::sc_module {
 public:
  using sc_module::sc_module;

  /// The socket towards the die, with the addresses of BankAddress.
  virtual tlm::tlm_target_socket<>& socket() = 0;
  /// The socket towards the bank.
  virtual tlm::tlm_initiator_socket<>& bank() = 0;
  /// Returns the work of this bank's RTL so far.
  virtual RtlWork work() const = 0;
};

/// Makes the interposer of bank `bankInDie`; returns null for a bank without one.
using MakeBankInterposer =
    std::function<std::unique_ptr<BankInterposer>(const BankParameters& parameters, std::uint32_t bankInDie)>;

}  // namespace pim
