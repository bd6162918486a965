#pragma once

#include "tlm/bank/bank_unit.h"

namespace pim {

/// The softmax unit of a bank: turns the score rows in BRAM into probabilities, in place, so that a head that
/// lives in one bank never leaves it.
class SoftmaxUnit : public BankUnit {
 public:
  using BankUnit::BankUnit;

  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override;
};

}  // namespace pim
