#pragma once

#include <array>
#include <systemc>
#include <tlm>

#include "core/fpga/instruction_timing.h"
#include "tlm/kit/blocking_target.h"

namespace pim::fpga {

/// The HBM that a core's LD and ST access: one channel, all channels of the core in parallel, or a channel of
/// another core through the switch. An access takes bytes / bandwidth of its route. The units queue their
/// accesses; as in the published design, cores do not contend.
class Hbm : public sc_core::sc_module, public virtual BlockingTarget {
 public:
  sc_core::sc_vector<tlm::tlm_target_socket<>> ports;  ///< for LD and for ST

  Hbm(const sc_core::sc_module_name& name, const InstructionTiming& timing);

  /// Serves a payload with an InstructionExtension. Answers TLM_COMMAND_ERROR_RESPONSE to any other.
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override;

  /// Returns the bytes moved over a route since elaboration.
  double bytes(Route route) const { return m_bytes[static_cast<std::size_t>(route)]; }

 private:
  const InstructionTiming& m_timing;
  std::array<double, kRoutes> m_bytes{};
};

}  // namespace pim::fpga
