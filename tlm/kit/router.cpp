#include "tlm/kit/router.h"

#include "tlm/kit/access.h"

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
  const auto hit = m_map.decode(payload.get_address(), payload.get_data_length());
  if (!hit) return payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
  windowOf(hit->region).transport(targets[hit->region], payload, delay);
}

unsigned Router::debug(int, tlm::tlm_generic_payload& payload) {
  const auto hit = m_map.decode(payload.get_address(), payload.get_data_length());
  if (!hit) {
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return 0;
  }
  return windowOf(hit->region).debug(targets[hit->region], payload);
}

bool Router::directPointer(int, tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
  const std::uint64_t address = payload.get_address();
  const auto hit = m_map.decode(address, 1);
  if (!hit) return denyDirectPointer(dmi, address, address);  // denies this address only
  return windowOf(hit->region).directPointer(targets[hit->region], payload, dmi);
}

void Router::invalidate(int target, sc_dt::uint64 start, sc_dt::uint64 end) {
  const auto range = windowOf(static_cast<std::size_t>(target)).outside(start, end);
  if (!range) return;
  for (auto& initiator : initiators) initiator->invalidate_direct_mem_ptr(range->first, range->second);
}

}  // namespace pim
