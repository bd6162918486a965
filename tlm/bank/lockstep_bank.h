#pragma once

#include <tlm>

#include "core/base/time.h"
#include "core/dram/activation_arbiter.h"
#include "core/lockstep/lockstep.h"
#include "core/operations/bank_decoder.h"

namespace pim {

/// What a die asks of a bank beside the transactions through its socket, to simulate many banks fast: what
/// keeps banks in lock-step, lets them share the right to activate, and has their state in the host's cache
/// in time.
class LockstepBank : public LockstepMember {
 public:
  /// Has the host fetch what a command touches of the bank.
  virtual void prefetch() const = 0;
  /// What the bank makes of a doorbell, to be given along (CommandRequest::work) to all banks that make the
  /// same of it. Null if that is no descriptor. Lasts until the next call to a bank of the die.
  virtual const DecodedCommand* decode(const tlm::tlm_generic_payload& doorbell) = 0;
  /// The streams of a command that arrives at `arrival`, for the die's ActivationArbiter. What it answers is
  /// what the bank does when the command comes.
  virtual BankTurn turn(const DecodedCommand& work, Picoseconds arrival) = 0;
};

}  // namespace pim
