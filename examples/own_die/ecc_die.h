#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <cstdint>
#include <systemc>

#include "platform/assembly/die_factory.h"

/// A die whose link is protected by an error-correcting code: a decoder and an encoder stand between the link
/// and the die of pimtlm. They are pipelined, so they add the latency of their stages to every transfer and
/// doorbell and take nothing from the bandwidth.
class EccDie : public pim::DieModule {
 public:
  EccDie(const sc_core::sc_module_name& name, const pim::platform::DieOrder& order,
         const sc_core::sc_time& latency);

  pim::DiePorts ports() override { return {&m_link[kProcessor], &m_link[kBus], nullptr}; }

 private:
  enum Port : int { kProcessor, kBus, kPorts };

  void transport(int port, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned debug(int port, tlm::tlm_generic_payload& payload);
  bool directPointer(int port, tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi);
  void invalidate(int port, sc_dt::uint64 start, sc_dt::uint64 end);

  sc_core::sc_time m_latency;
  sc_core::sc_vector<tlm_utils::simple_target_socket_tagged<EccDie>> m_link;
  sc_core::sc_vector<tlm_utils::simple_initiator_socket_tagged<EccDie>> m_inner;
  pim::Die m_die;
};
