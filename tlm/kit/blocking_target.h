#pragma once

#include <cstdint>
#include <systemc>
#include <tlm>

#include "tlm/kit/access.h"
#include "tlm/kit/fatal.h"

namespace pim {

/// Base of a module that implements the transport interface of its target sockets itself, so that a
/// transaction reaches it without a callback in between. Only for modules inside a unit, whose initiators are
/// all blocking; modules that foreign initiators can reach use sockets that convert nb_transport.
///
/// Inherit it virtually. The virtual tables that a call reads then lie at the end of the module, next to its
/// last members, in the same cache lines.
class BlockingTarget : public tlm::tlm_fw_transport_if<> {
 public:
  /// Fatal: the bound initiator is not blocking.
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload&, tlm::tlm_phase&, sc_core::sc_time&) override {
    fatal("/pimtlm/tlm", "nb_transport_fw called on a target that serves b_transport only");
  }
  /// Always denies.
  bool get_direct_mem_ptr(tlm::tlm_generic_payload&, tlm::tlm_dmi& dmi) override {
    return denyDirectPointer(dmi, 0, ~std::uint64_t{0});
  }
  /// Always moves no bytes.
  unsigned transport_dbg(tlm::tlm_generic_payload&) override { return 0; }
};

}  // namespace pim
