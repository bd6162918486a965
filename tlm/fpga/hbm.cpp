#include "tlm/fpga/hbm.h"

#include "tlm/fpga/fpga_time.h"
#include "tlm/fpga/instruction_extension.h"

namespace pim::fpga {

Hbm::Hbm(const sc_core::sc_module_name& name, const InstructionTiming& timing)
    : sc_module(name), ports("port", 2), m_timing(timing) {
  for (auto& port : ports) port.bind(*this);
}

void Hbm::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  auto* extension = payload.get_extension<InstructionExtension>();
  const bool transfer =
      extension != nullptr && extension->instruction != nullptr &&
      (extension->instruction->unit == Unit::Load || extension->instruction->unit == Unit::Store);
  if (!transfer) {
    payload.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
    return;
  }
  const Instruction& instruction = *extension->instruction;
  extension->service = m_timing.duration(instruction);
  m_bytes[static_cast<std::size_t>(instruction.route)] += instruction.amount;
  delay += toScTime(extension->service);
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

}  // namespace pim::fpga
