#pragma once

#include <memory>
#include <systemc>
#include <tlm>

#include "core/fpga/datapath.h"
#include "core/fpga/step_timer.h"
#include "tlm/kit/blocking_target.h"

namespace pim::fpga {

/// What the units of a core share.
struct CoreCommons {
  explicit CoreCommons(const TimingParameters& parameters) : timing(parameters) {}

  InstructionTiming timing;
  TokenSchedule schedule;        ///< the tokens between the units
  Datapath* datapath = nullptr;  ///< with data; null: timing only
};

/// One of LD, ST, MM, MV, MISC and SYS. Works through its instructions in order: waits for its tokens,
/// serves, gives tokens. LD and ST are served by the HBM behind their socket, the others by themselves.
class UnitModule : public sc_core::sc_module, public virtual BlockingTarget {
 public:
  tlm::tlm_target_socket<> instructions;
  std::unique_ptr<tlm::tlm_initiator_socket<>> memory;  ///< of LD and ST alone

  UnitModule(const sc_core::sc_module_name& name, Unit unit, CoreCommons& commons);

  /// A payload with an InstructionExtension; the delay grows by what is left until the instruction is done.
  /// Answers TLM_COMMAND_ERROR_RESPONSE to an instruction of another unit. A UserError where its tokens never
  /// come.
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override;

  const UnitUse& use() const { return m_use; }
  void resetUse() { m_use = {}; }

 private:
  Unit m_unit;
  CoreCommons& m_commons;
  UnitUse m_use;
};

}  // namespace pim::fpga
