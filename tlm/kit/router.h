#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <systemc>
#include <tlm>

#include "core/base/address_map.h"
#include "tlm/kit/address_window.h"

namespace pim {

/// An address decoder: every initiator reaches every region. Targets see offsets within their region. Adds no
/// time. Restores the address before a call returns. An address outside all regions gets
/// TLM_ADDRESS_ERROR_RESPONSE.
class Router : public sc_core::sc_module {
 public:
  sc_core::sc_vector<tlm_utils::simple_target_socket_tagged<Router>> initiators;  ///< bind initiators here
  sc_core::sc_vector<tlm_utils::simple_initiator_socket_tagged<Router>>
      targets;  ///< one per region, in order

  Router(const sc_core::sc_module_name& name, AddressMap map, std::size_t initiatorCount);

  const AddressMap& map() const { return m_map; }

 private:
  void transport(int initiator, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned debug(int initiator, tlm::tlm_generic_payload& payload);
  bool directPointer(int initiator, tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi);
  void invalidate(int target, sc_dt::uint64 start, sc_dt::uint64 end);
  AddressWindow windowOf(std::size_t region) const {
    return {m_map.regions()[region].base, m_map.regions()[region].size};
  }

  AddressMap m_map;
};

}  // namespace pim
