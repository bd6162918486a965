#pragma once

#include <systemc>
#include <tlm>

#include "core/base/time.h"
#include "tlm/kit/blocking_target.h"
#include "tlm/kit/storage_target.h"

namespace pim {

/// An SRAM with any number of ports: CRAM, CMEM, DieRAM, BRAM. An access takes bytes / bandwidth. Ports do
/// not wait for each other; initiators that share a port queue by themselves. Byte enables are honoured. DMI
/// is granted for the whole memory and revoked when a unit that may lag behind (`work`) uses the bytes.
class Memory : public sc_core::sc_module, public virtual BlockingTarget {
 public:
  sc_core::sc_vector<tlm::tlm_target_socket<>> ports;

  Memory(const sc_core::sc_module_name& name, std::size_t bytes, std::size_t portCount, Bandwidth bandwidth,
         WorkLane* work = nullptr);

  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override;
  unsigned transport_dbg(tlm::tlm_generic_payload& payload) override;
  bool get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) override;

 private:
  StorageTarget m_storage;
  Bandwidth m_bandwidth;
};

}  // namespace pim
