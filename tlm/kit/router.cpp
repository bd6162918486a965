#include "tlm/kit/router.h"

#include <algorithm>

namespace pim {

Router::Router(const sc_core::sc_module_name& name, AddressMap map, std::size_t initiatorCount)
    : sc_module(name),
      initiators("initiator", initiatorCount),
      targets("target", map.regions().size()),
      m_map(std::move(map)) {
  for (std::size_t i = 0; i < initiatorCount; ++i) {
    const int tag = static_cast<int>(i);
    initiators[i].register_b_transport(this, &Router::transport, tag);
    initiators[i].register_transport_dbg(this, &Router::debug, tag);
    initiators[i].register_get_direct_mem_ptr(this, &Router::directPointer, tag);
  }
  for (std::size_t i = 0; i < targets.size(); ++i) {
    targets[i].register_invalidate_direct_mem_ptr(this, &Router::invalidate, static_cast<int>(i));
  }
}

void Router::transport(int, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  const std::uint64_t address = payload.get_address();
  const auto hit = m_map.decode(address, payload.get_data_length());
  if (!hit) {
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return;
  }
  payload.set_address(hit->offset);
  targets[hit->region]->b_transport(payload, delay);
  payload.set_address(address);
}

unsigned Router::debug(int, tlm::tlm_generic_payload& payload) {
  const std::uint64_t address = payload.get_address();
  const auto hit = m_map.decode(address, payload.get_data_length());
  if (!hit) {
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return 0;
  }
  payload.set_address(hit->offset);
  const unsigned moved = targets[hit->region]->transport_dbg(payload);
  payload.set_address(address);
  return moved;
}

bool Router::directPointer(int, tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
  const std::uint64_t address = payload.get_address();
  const auto hit = m_map.decode(address, 1);
  if (!hit) {
    dmi.set_start_address(address);  // denied here, not elsewhere
    dmi.set_end_address(address);
    return false;
  }
  payload.set_address(hit->offset);
  const bool granted = targets[hit->region]->get_direct_mem_ptr(payload, dmi);
  payload.set_address(address);
  const Region& region = m_map.regions()[hit->region];
  dmi.set_start_address(region.base + dmi.get_start_address());
  dmi.set_end_address(region.base + std::min<std::uint64_t>(dmi.get_end_address(), region.size - 1));
  return granted;
}

void Router::invalidate(int target, sc_dt::uint64 start, sc_dt::uint64 end) {
  const Region& region = m_map.regions()[static_cast<std::size_t>(target)];
  for (auto& initiator : initiators) {
    initiator->invalidate_direct_mem_ptr(region.base + start,
                                         region.base + std::min<sc_dt::uint64>(end, region.size - 1));
  }
}

}  // namespace pim
