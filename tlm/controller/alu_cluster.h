#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <array>
#include <optional>
#include <systemc>
#include <tlm>

#include "core/link/memory_ports.h"
#include "core/observe/statistics.h"
#include "core/operations/alu_port.h"
#include "core/operations/alu_times.h"
#include "tlm/kit/transaction.h"
#include "tlm/kit/wiring.h"

namespace pim {

struct AluParameters {
  Clock clock{1000};
  AluCompute compute;
  bool functional = false;
};

/// The Controller's ALUs. They share one port to Controller memory, which limits their rate, so they execute
/// commands one after another: a command streams its operands in, makes its passes over the unit's buffer,
/// and streams the results out. Accesses of earlier commands at the memories' ports delay a command by the
/// time for which they delay its streams. A descriptor arrives as a write. The write returns at once; the
/// payload's extension returns the completion time.
class AluCluster : public sc_core::sc_module, private AluMemory {
 public:
  tlm_utils::simple_target_socket<AluCluster> commands;
  tlm_utils::simple_initiator_socket<AluCluster> memory;

  AluCluster(const sc_core::sc_module_name& name, const AluParameters& parameters, MemoryPorts& ports,
             Counters& counters, const Wiring& wiring = {});

 private:
  void transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  struct Cycles {
    std::int64_t streams = 0;
    std::int64_t total = 0;
  };
  Cycles run(const pim_command& command);
  std::int64_t runEngine(const pim_command& command);
  void read(std::uint32_t address, void* to, std::uint32_t bytes) override;
  void write(std::uint32_t address, const void* from, std::uint32_t bytes) override;
  void stream(tlm::tlm_generic_payload& payload);
  /// Returns the delay of the command's streams compared with ports of its own.
  Picoseconds waitForPorts();

  AluParameters m_parameters;
  AluEngine* m_engine;           // null: the model computes
  ActivityObserver* m_activity;  // may be null
  MemoryPorts& m_ports;
  Counters& m_counters;
  AluOperation m_operation;
  Transaction m_transaction;
  Picoseconds m_moving = 0;  // time for which the running command uses each memory
  std::array<std::uint64_t, kControllerMemories> m_moved{};  // bytes in that time
  Picoseconds m_latency = 0;                                 // latency of the memory, for the running command
  std::optional<AluPort> m_port;  // of the running command, if its cycles must be simulated
  AluTimes m_times;
  Picoseconds m_begin = 0;  // of the running command
  Picoseconds m_free = 0;
};

}  // namespace pim
