#pragma once

#include <cstdint>
#include <systemc>
#include <tlm>

#include "tlm/kit/access.h"
#include "tlm/kit/fatal.h"

namespace pim {

/// A module that is the target behind its sockets itself: they bind to it and a transaction reaches it
/// without a callback on the way. For modules within a unit, whose initiators are blocking; what an initiator
/// of somebody else's may reach has sockets that convert.
///
/// To be inherited virtually: then its table and those of its interfaces, of which a call reads two, lie
/// together at the end of the module, next to its last members.
class BlockingTarget : public tlm::tlm_fw_transport_if<> {
 public:
  /// Fatal: somebody bound an initiator of the wrong kind.
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload&, tlm::tlm_phase&, sc_core::sc_time&) override {
    fatal("/pimtlm/tlm", "nb_transport_fw called on a target that serves b_transport only");
  }
  /// Denied.
  bool get_direct_mem_ptr(tlm::tlm_generic_payload&, tlm::tlm_dmi& dmi) override {
    return denyDirectPointer(dmi, 0, ~std::uint64_t{0});
  }
  /// Nothing to see.
  unsigned transport_dbg(tlm::tlm_generic_payload&) override { return 0; }
};

}  // namespace pim
