#pragma once

#include <tlm>

#include "core/fpga/token_schedule.h"

namespace pim::fpga {

/// The instruction that a payload carries from the sequencer to a unit, and from LD and ST to the HBM. Times
/// count from the start of the program, in femtoseconds. The delay of the call is the same time, rounded to
/// the kernel's picoseconds.
class InstructionExtension : public tlm::tlm_extension<InstructionExtension> {
 public:
  // Set by the initiator.
  const Instruction* instruction = nullptr;

  // Set by the target.
  Femtoseconds service = 0;  ///< duration of the transfer or the computation
  Interval ran{};            ///< interval of execution, after the waits for tokens and in the unit's queue

  tlm::tlm_extension_base* clone() const override { return new InstructionExtension(*this); }
  void copy_from(const tlm::tlm_extension_base& other) override {
    *this = static_cast<const InstructionExtension&>(other);
  }
};

}  // namespace pim::fpga
