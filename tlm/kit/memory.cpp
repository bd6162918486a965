#include "tlm/kit/memory.h"

#include "tlm/kit/access.h"
#include "tlm/kit/transaction.h"

namespace pim {

Memory::Memory(const sc_core::sc_module_name& name, std::size_t bytes, std::size_t portCount,
               Bandwidth bandwidth, WorkLane* work)
    : sc_module(name), ports("port", portCount), m_storage(bytes, work), m_bandwidth(bandwidth) {
  for (auto& port : ports) port.bind(*this);
}

void Memory::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  if (!acceptAccess(payload, m_storage.size())) return;
  if (!m_bandwidth.unlimited()) delay += toScTime(m_bandwidth.timeFor(payload.get_data_length()));
  auto* stream = payload.get_extension<StreamExtension>();
  const CommandRequest* command = commandOf(payload, stream);
  const auto revoke = [this] {
    for (auto& port : ports) port->invalidate_direct_mem_ptr(0, m_storage.size() - 1);
  };
  if (stream != nullptr || !m_storage.writeLater(payload, command, revoke))
    m_storage.serve(payload, stream, command, revoke);
}

unsigned Memory::transport_dbg(tlm::tlm_generic_payload& payload) {
  return m_storage.debug(payload);
}

bool Memory::get_direct_mem_ptr(tlm::tlm_generic_payload&, tlm::tlm_dmi& dmi) {
  const sc_core::sc_time perByte = toScTime(m_bandwidth.timeFor(1));
  dmi.set_read_latency(perByte);
  dmi.set_write_latency(perByte);
  return m_storage.grant(dmi);
}

}  // namespace pim
