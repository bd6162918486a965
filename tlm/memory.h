#pragma once

#include <tlm_utils/passthrough_target_socket.h>

#include <systemc>
#include <tlm>

#include "tlm/core/time.h"
#include "tlm/storage.h"

namespace pim {

/// An SRAM with any number of ports: CRAM, CMEM, DieRAM, BRAM. An access takes bytes / bandwidth; ports do
/// not contend, the initiators that share one do their own queueing. Byte enables are honoured; DMI is
/// granted for all of it, until a unit that may lag behind (`work`) is at the bytes again.
class Memory : public sc_core::sc_module {
 public:
  sc_core::sc_vector<tlm_utils::passthrough_target_socket_tagged<Memory>> ports;

  Memory(const sc_core::sc_module_name& name, std::size_t bytes, std::size_t portCount, Bandwidth bandwidth,
         WorkLane* work = nullptr);

 private:
  void transport(int port, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned debug(int port, tlm::tlm_generic_payload& payload);
  bool directPointer(int port, tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi);
  void revokeDirectPointers();

  Storage m_storage;
  Bandwidth m_bandwidth;
  bool m_direct = false;  // pointers are out
};

}  // namespace pim
