#include "ecc_die.h"

#include "core/base/time.h"
#include "tlm/kit/command_extension.h"

EccDie::EccDie(const sc_core::sc_module_name& name, const pim::platform::DieOrder& order,
               const sc_core::sc_time& latency)
    : DieModule(name),
      m_latency(latency),
      m_link("link", kPorts),
      m_inner("inner", kPorts),
      m_die("die", order.die, order.bank, order.statistics, order.wiring, order.interposers) {
  for (int port = 0; port < static_cast<int>(kPorts); ++port) {
    m_link[port].register_b_transport(this, &EccDie::transport, port);
    m_link[port].register_transport_dbg(this, &EccDie::debug, port);
    m_link[port].register_get_direct_mem_ptr(this, &EccDie::directPointer, port);
    m_inner[port].register_invalidate_direct_mem_ptr(this, &EccDie::invalidate, port);
  }
  m_inner[kProcessor].bind(*m_die.ports().processor);
  m_inner[kBus].bind(*m_die.ports().bus);
}

void EccDie::transport(int port, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  delay += m_latency;  // what arrives is decoded before the die sees it
  m_inner[port]->b_transport(payload, delay);
  if (payload.is_read()) {
    delay += m_latency;  // what leaves is encoded, and the Controller has it so much later
    auto* command = payload.get_extension<pim::CommandExtension>();
    if (command != nullptr) command->answer.done += pim::toPicoseconds(m_latency);
  }
}

unsigned EccDie::debug(int port, tlm::tlm_generic_payload& payload) {
  return m_inner[port]->transport_dbg(payload);
}

bool EccDie::directPointer(int port, tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
  return m_inner[port]->get_direct_mem_ptr(payload, dmi);
}

void EccDie::invalidate(int port, sc_dt::uint64 start, sc_dt::uint64 end) {
  m_link[port]->invalidate_direct_mem_ptr(start, end);
}
