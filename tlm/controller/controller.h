#pragma once

#include <memory>
#include <systemc>
#include <vector>

#include "core/base/memory_map.h"
#include "core/link/memory_ports.h"
#include "core/observe/phase_recorder.h"
#include "tlm/controller/alu_cluster.h"
#include "tlm/controller/command_processor.h"
#include "tlm/controller/controller_core.h"
#include "tlm/controller/mailbox.h"
#include "tlm/kit/die_ports.h"
#include "tlm/kit/memory.h"
#include "tlm/kit/router.h"
#include "tlm/kit/wiring.h"

namespace pim {

struct ControllerParameters {
  MemoryMap
      map;  ///< addresses of the dies on the bus; the command processor reaches the dies over its own links
  MemoryRates memory;
  AluParameters alus;
  CommandProcessorParameters processor;
  ControllerCoreParameters core;
};

/// The firmware core, command processor, ALUs, CRAM, CMEM and an optional external memory on one bus, and the
/// mailbox to the host.
class Controller : public sc_core::sc_module {
 public:
  Controller(const sc_core::sc_module_name& name, const ControllerParameters& parameters,
             const CoreFactory& makeCore, const std::vector<DiePorts>& dies, Statistics& statistics,
             const Wiring& wiring = {});

  /// Socket for the host and for the loader of weights. Both reach the whole memory map.
  tlm_utils::simple_target_socket_tagged<Router>& hostSocket() { return m_bus.initiators[HostPort]; }
  tlm_utils::simple_target_socket_tagged<Router>& loaderSocket() { return m_bus.initiators[LoaderPort]; }
  sc_core::sc_signal_inout_if<bool>& hostInterrupt() { return m_hostIrq; }
  const AddressMap& memoryMap() const { return m_bus.map(); }
  const std::vector<Phase>& phases() const { return m_phases.phases(); }
  const ControllerCore& core() const { return *m_core; }

 private:
  /// Adds to the core's parameters an observer of its sleep.
  ControllerCoreParameters observed(const ControllerCoreParameters& parameters, ActivityObserver* activity);

  enum BusPort : std::size_t { FirmwarePort, ProcessorPort, AluPort, HostPort, LoaderPort, BusPorts };

  CriticalPath m_criticalPath;
  PhaseRecorder m_phases;
  MemoryPorts m_ports;
  Router m_bus;
  Memory m_cram;
  Memory m_cmem;
  std::unique_ptr<Memory> m_external;  ///< null: the map has none
  AluCluster m_alus;
  CommandProcessor m_processor;
  Mailbox m_mailbox;
  std::unique_ptr<ControllerCore> m_core;
  sc_core::sc_signal<bool> m_firmwareIrq;
  sc_core::sc_signal<bool> m_hostIrq;
};

}  // namespace pim
