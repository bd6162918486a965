#include "tlm/kit/memory.h"

#include <cstring>
#include <functional>
#include <vector>

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
  if (command != nullptr && command->timingOnly) {
    if (stream != nullptr) stream->view = nullptr;
  } else if (stream != nullptr) {
    revokeDirectPointers();
    stream->view = m_storage.data() + payload.get_address();
  } else if (!writeLater(payload, command)) {
    moveBytes(payload, m_storage.settled() + payload.get_address());
  }
  payload.set_dmi_allowed(true);
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

bool Memory::writeLater(const tlm::tlm_generic_payload& payload, const CommandRequest* command) {
  if (command == nullptr || command->kept == nullptr || m_storage.work() == nullptr) return false;
  if (!payload.is_write() || payload.get_byte_enable_ptr() != nullptr) return false;
  // Who passes a request on may send bytes of his own with it.
  const std::vector<std::uint8_t>& kept = **command->kept;
  const std::uint8_t* const from = payload.get_data_ptr();
  const std::size_t bytes = payload.get_data_length();
  const std::less_equal<> upTo;
  if (!upTo(kept.data(), from) || !upTo(from + bytes, kept.data() + kept.size())) return false;
  revokeDirectPointers();
  m_storage.work()->add([owner = *command->kept, from, to = m_storage.data() + payload.get_address(), bytes] {
    std::memcpy(to, from, bytes);
  });
  return true;
}

unsigned Memory::transport_dbg(tlm::tlm_generic_payload& payload) {
  return debugAccess(payload, m_storage.settled(), m_storage.size());
}

bool Memory::get_direct_mem_ptr(tlm::tlm_generic_payload&, tlm::tlm_dmi& dmi) {
  m_direct = true;
  dmi.set_dmi_ptr(m_storage.settled());
  dmi.set_start_address(0);
  dmi.set_end_address(m_storage.size() - 1);
  dmi.allow_read_write();
  const sc_core::sc_time perByte = toScTime(m_bandwidth.timeFor(1));
  dmi.set_read_latency(perByte);
  dmi.set_write_latency(perByte);
  return true;
}

void Memory::revokeDirectPointers() {
  if (!m_direct) return;
  m_direct = false;
  for (auto& port : ports) port->invalidate_direct_mem_ptr(0, m_storage.size() - 1);
}

}  // namespace pim
