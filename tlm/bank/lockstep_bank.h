#pragma once

#include <tlm>

#include "core/base/time.h"
#include "core/dram/activation_arbiter.h"
#include "core/lockstep/lockstep.h"
#include "core/operations/bank_decoder.h"

namespace pim {

/// The functions of a bank beside its socket with which a die simulates many banks fast: comparison and
/// copying of timing states for lock step, the arbitration of activates, and prefetching of the state into
/// the host's cache.
class LockstepBank : public LockstepMember {
 public:
  /// Prefetches the members that a command reads into the host's cache.
  virtual void prefetch() const = 0;
  /// Decodes a doorbell, for all banks that decode it to the same work (CommandRequest::work). Returns null
  /// if the payload is not a descriptor. The result is valid until the next call to a bank of the die.
  virtual const DecodedCommand* decode(const tlm::tlm_generic_payload& doorbell) = 0;
  /// Returns the streams of a command that arrives at `arrival`, for the die's ActivationArbiter. When the
  /// command arrives, the bank uses the times that the arbiter stored in the result.
  virtual BankTurn turn(const DecodedCommand& work, Picoseconds arrival) = 0;
};

}  // namespace pim
