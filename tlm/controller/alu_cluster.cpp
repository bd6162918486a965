#include "tlm/controller/alu_cluster.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace pim {

AluCluster::AluCluster(const sc_core::sc_module_name& name, const AluParameters& parameters,
                       MemoryPorts& ports, Counters& counters, const Wiring& wiring)
    : sc_module(name),
      commands("commands"),
      memory("memory"),
      m_parameters(parameters),
      m_engine(wiring.aluEngine),
      m_activity(wiring.activity),
      m_ports(ports),
      m_counters(counters),
      m_times(ports.rates()) {
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
  m_transaction.command.request = origin.request;
  m_transaction.command.request.timingOnly = !m_parameters.functional && !answersToken(command.opcode);
  m_moved = {};
  m_latency = 0;
  const Cycles cycles = run(command);
  m_free = clock.edgeAtOrAfter(begin + clock.cycles(cycles.total) + waitForPorts());
  m_counters.controllerBusy += m_free - begin;
  origin.answer = {begin, m_free};
  if (m_activity != nullptr) {
    m_activity->onControllerMemory(begin, begin + clock.cycles(cycles.streams));
  }
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

AluCluster::Cycles AluCluster::run(const pim_command& command) {
  const AluCompute& compute = m_parameters.compute;
  const std::int64_t between = aluCycles(command.body.alu, command.opcode, compute);
  if (m_engine != nullptr) {
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
  if (total == 0) m_port.emplace(command, compute, m_parameters.clock, m_ports.rates());
  m_operation.run(command, *this, m_parameters.functional);
  if (m_port) total = m_port->cycles();
  m_port.reset();
  return {total - between, total};
}

std::int64_t AluCluster::runEngine(const pim_command& command) {
  try {
    return m_engine->run(command, *this);
  } catch (const std::logic_error&) {  // the RTL differs from the model
    if (m_activity != nullptr) m_activity->onMismatch(m_begin);
    throw;
  }
}

void AluCluster::read(std::uint32_t address, void* to, std::uint32_t bytes) {
  if (bytes != 0) stream(m_transaction.read(address, to, bytes));
  m_latency = std::max(m_latency, m_ports.rates().latencyAt(address));
  if (m_port) m_port->read(address, bytes);
}

void AluCluster::write(std::uint32_t address, const void* from, std::uint32_t bytes) {
  if (bytes != 0) stream(m_transaction.write(address, from, bytes));
  if (m_port) m_port->write(address, bytes);
}

void AluCluster::stream(tlm::tlm_generic_payload& payload) {
  const ControllerMemoryKind kind = m_ports.rates().kindOf(static_cast<std::uint32_t>(payload.get_address()));
  sc_core::sc_time elapsed;
  memory->b_transport(payload, elapsed);
  requireOk(m_transaction, *this);
  m_counters.controllerBytes[m_transaction.command.request.stream] += payload.get_data_length();
  m_moved[static_cast<std::size_t>(kind)] += payload.get_data_length();
  m_moving += toPicoseconds(elapsed);
}

Picoseconds AluCluster::waitForPorts() {
  Picoseconds wait = m_latency;
  for (std::size_t index = 0; index < kControllerMemories; ++index) {
    const auto kind = static_cast<ControllerMemoryKind>(index);
    const std::uint64_t bytes = m_moved[index];
    const PortCalendar::Span span = m_ports.move(kind, bytes, m_begin);
    wait += span.end - m_begin - m_ports.rates().of(kind).timeFor(bytes);
  }
  return wait;
}

}  // namespace pim
