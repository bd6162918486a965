#include "tlm/controller/alu_cluster.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace pim {

AluCluster::AluCluster(const sc_core::sc_module_name& name, const AluParameters& parameters,
                       Counters& counters)
    : sc_module(name),
      commands("commands"),
      memory("memory"),
      m_parameters(parameters),
      m_counters(counters) {
  commands.register_b_transport(this, &AluCluster::transport);
}

void AluCluster::transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  if (!payload.is_write()) return payload.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
  if (payload.get_data_length() != PIM_COMMAND_BYTES)
    return payload.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
  if (payload.get_byte_enable_ptr() != nullptr) {
    return payload.set_response_status(tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
  }
  pim_command command;
  std::memcpy(&command, payload.get_data_ptr(), sizeof command);
  if (!isAluOpcode(command.opcode)) return payload.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
  CommandExtension unknown;
  auto* extension = payload.get_extension<CommandExtension>();
  CommandExtension& origin = extension != nullptr ? *extension : unknown;

  const Clock& clock = m_parameters.clock;
  const Picoseconds begin = m_begin = clock.edgeAtOrAfter(std::max(absoluteTime(delay), m_free));
  m_transaction.command = origin;
  m_transaction.command.timingOnly = !m_parameters.functional && !answersToken(command.opcode);
  const Cycles cycles = run(command);
  m_free = begin + clock.cycles(cycles.total);
  m_counters.controllerBusy += m_free - begin;
  origin.serviceStart = begin;
  origin.done = m_free;
  if (m_parameters.activity != nullptr) {
    m_parameters.activity->onControllerMemory(begin, begin + clock.cycles(cycles.streams));
  }
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

AluCluster::Cycles AluCluster::run(const pim_command& command) {
  const AluCompute& compute = m_parameters.compute;
  const std::int64_t between = aluCycles(command.body.alu, command.opcode, compute);
  if (m_parameters.engine != nullptr) {
    const std::int64_t total = runEngine(command);
    return {total - between, total};
  }
  if (!compute.latency) {
    m_moving = 0;
    m_operation.run(command, *this, m_parameters.functional);
    const std::int64_t streams = m_parameters.clock.covering(m_moving);
    return {streams, streams + between};
  }
  std::int64_t& total = m_times.of(command);
  if (total == 0) m_port.emplace(command, compute, m_parameters.clock, m_parameters.memory);
  m_operation.run(command, *this, m_parameters.functional);
  if (m_port) total = m_port->cycles();
  m_port.reset();
  return {total - between, total};
}

std::int64_t AluCluster::runEngine(const pim_command& command) {
  try {
    return m_parameters.engine->run(command, *this);
  } catch (const std::logic_error&) {  // its RTL is not what the model is
    if (m_parameters.activity != nullptr) m_parameters.activity->onMismatch(m_begin);
    throw;
  }
}

void AluCluster::read(std::uint32_t address, void* to, std::uint32_t bytes) {
  if (bytes != 0) stream(m_transaction.read(address, to, bytes));
  if (m_port) m_port->read(bytes);
}

void AluCluster::write(std::uint32_t address, const void* from, std::uint32_t bytes) {
  if (bytes != 0) stream(m_transaction.write(address, from, bytes));
  if (m_port) m_port->write(bytes);
}

void AluCluster::stream(tlm::tlm_generic_payload& payload) {
  sc_core::sc_time elapsed;
  memory->b_transport(payload, elapsed);
  requireOk(m_transaction, *this);
  m_counters.controllerBytes[m_transaction.command.stream] += payload.get_data_length();
  m_moving += toPicoseconds(elapsed);
}

}  // namespace pim
