#pragma once

#include <functional>
#include <memory>
#include <systemc>
#include <tlm>

#include "core/observe/rtl_work.h"
#include "tlm/bank/bank_parameters.h"

namespace pim {

/// Stands between a die and one of its banks, sees every access and may answer in the bank's place.
class BankInterposer : public sc_core::sc_module {
 public:
  using sc_module::sc_module;

  /// Towards the die: the window of BankAddress.
  virtual tlm::tlm_target_socket<>& socket() = 0;
  /// Towards the bank.
  virtual tlm::tlm_initiator_socket<>& bank() = 0;
  /// What its RTL has done so far.
  virtual RtlWork work() const = 0;
};

/// Makes the interposer of bank `bankInDie`, or none.
using MakeBankInterposer =
    std::function<std::unique_ptr<BankInterposer>(const BankParameters& parameters, std::uint32_t bankInDie)>;

}  // namespace pim
