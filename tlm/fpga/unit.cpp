#include "tlm/fpga/unit.h"

#include "tlm/fpga/fpga_time.h"
#include "tlm/fpga/instruction_extension.h"

namespace pim::fpga {

UnitModule::UnitModule(const sc_core::sc_module_name& name, Unit unit, CoreCommons& commons)
    : sc_module(name), instructions("instructions"), m_unit(unit), m_commons(commons) {
  instructions.bind(*this);
  if (unit == Unit::Load || unit == Unit::Store)
    memory = std::make_unique<tlm::tlm_initiator_socket<>>("memory");
}

void UnitModule::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  auto* extension = payload.get_extension<InstructionExtension>();
  if (extension == nullptr || extension->instruction == nullptr || extension->instruction->unit != m_unit) {
    payload.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
    return;
  }
  const Instruction& instruction = *extension->instruction;
  if (memory != nullptr) {
    sc_core::sc_time transfer;
    (*memory)->b_transport(payload, transfer);
    if (!payload.is_response_ok()) return;
  } else {
    extension->service = m_commons.timing.duration(instruction);
  }
  extension->ran = m_commons.schedule.run(instruction, extension->service);
  if (m_commons.datapath != nullptr) m_commons.datapath->execute(instruction);
  ++m_use.count;
  m_use.busy += extension->service;
  m_use.amount += instruction.amount;
  delay += toScTime(extension->ran.end);
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

}  // namespace pim::fpga
