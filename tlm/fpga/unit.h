#pragma once

#include <memory>
#include <systemc>
#include <tlm>

#include "core/fpga/datapath.h"
#include "core/fpga/step_timer.h"
#include "tlm/kit/blocking_target.h"

namespace pim::fpga {

/// State that the units of a core share.
struct CoreCommons {
  explicit CoreCommons(const TimingParameters& parameters) : timing(parameters) {}

  InstructionTiming timing;
  TokenSchedule schedule;        ///< tokens between the units
  Datapath* datapath = nullptr;  ///< computes data; null: timing only
};

/// One of LD, ST, MM, MV, MISC and SYS. Executes its instructions in order: waits for tokens, executes,
/// releases tokens. LD and ST take their times from the HBM behind their socket, the other units compute
/// them.
class UnitModule : public sc_core::sc_module, public virtual BlockingTarget {
 public:
  tlm::tlm_target_socket<> instructions;
  std::unique_ptr<tlm::tlm_initiator_socket<>> memory;  ///< only for LD and ST

  UnitModule(const sc_core::sc_module_name& name, Unit unit, CoreCommons& commons);

  /// Executes the instruction of a payload with an InstructionExtension; adds the time until its completion
  /// to the delay. Answers TLM_COMMAND_ERROR_RESPONSE to an instruction of another unit. Throws a UserError
  /// if a token never arrives.
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override;

  const UnitUse& use() const { return m_use; }
  void resetUse() { m_use = {}; }

 private:
  Unit m_unit;
  CoreCommons& m_commons;
  UnitUse m_use;
};

}  // namespace pim::fpga
