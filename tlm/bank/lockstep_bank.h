#pragma once

#include <tlm>

#include "core/base/time.h"
#include "core/dram/activation_arbiter.h"
#include "core/lockstep/lockstep.h"
#include "core/operations/bank_decoder.h"

namespace pim {

/// What a die needs from a bank beside its socket, to simulate many banks fast:
/// comparison and copying of timing states for lock-step, the arbitration of
/// activates, and prefetching of the state into the host's cache.
class LockstepBank : public LockstepMember {
 public:
  /// Has the host fetch what a command touches of the bank.
  virtual void prefetch() const = 0;
  /// Decodes a doorbell, for all banks that decode it to the same work (CommandRequest::work).
  /// Null if the payload is no descriptor. Valid until the next call to a bank of the die.
  virtual const DecodedCommand* decode(const tlm::tlm_generic_payload& doorbell) = 0;
  /// The streams of a command that arrives at `arrival`, for the die's ActivationArbiter. What it answers is
  /// what the bank does when the command comes.
  virtual BankTurn turn(const DecodedCommand& work, Picoseconds arrival) = 0;
};

}  // namespace pim
