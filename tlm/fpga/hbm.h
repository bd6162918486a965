#pragma once

#include <array>
#include <systemc>
#include <tlm>

#include "core/fpga/instruction_timing.h"
#include "tlm/kit/blocking_target.h"

namespace pim::fpga {

/// The HBM as a core's LD and ST reach it: one channel, the core's channels in parallel, or another's through
/// the switch. An access takes its bytes at the rate of its route. The units do their own queueing; as
/// published, they do not contend.
class Hbm : public sc_core::sc_module, public virtual BlockingTarget {
 public:
  sc_core::sc_vector<tlm::tlm_target_socket<>> ports;  ///< of LD and of ST

  Hbm(const sc_core::sc_module_name& name, const InstructionTiming& timing);

  /// A payload with an InstructionExtension. Answers TLM_COMMAND_ERROR_RESPONSE to any other.
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override;

  /// Bytes moved by each route since elaboration.
  double bytes(Route route) const { return m_bytes[static_cast<std::size_t>(route)]; }

 private:
  const InstructionTiming& m_timing;
  std::array<double, kRoutes> m_bytes{};
};

}  // namespace pim::fpga
