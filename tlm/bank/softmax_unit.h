#pragma once

#include "tlm/bank/bank_unit.h"

namespace pim {

/// The softmax unit of a bank: replaces rows of scores in BRAM by probabilities. The scores of a head that
/// lies in one bank never cross the link.
class SoftmaxUnit : public BankUnit {
 public:
  using BankUnit::BankUnit;

  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override;
};

}  // namespace pim
