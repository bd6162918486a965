#pragma once

#include <tlm_utils/simple_initiator_socket.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <systemc>
#include <vector>

#include "core/base/memory_map.h"
#include "core/base/work_pool.h"
#include "core/operations/alu_engine.h"
#include "core/riscv/debugger.h"
#include "core/riscv/elf_image.h"
#include "core/riscv/hart.h"
#include "platform/config/config.h"
#include "tlm/controller/controller.h"
#include "tlm/controller/native_core.h"
#include "tlm/die/die.h"
#include "tlm/rtl/rtl_factories.h"

namespace pim::platform {

class Chip;

/// The parts of a chip beside its configuration.
struct ChipOptions {
  bool functional = false;          ///< hold and compute data
  std::uint32_t planAddress = 0;    ///< address of the firmware's plan
  NativeCore::EntryPoint firmware;  ///< runs on the native core
  /// The program of the RV32 core; null: the one that is built into the executable.
  const riscv::ElfImage* program = nullptr;
  riscv::BlockObserver* programObserver = nullptr;
  riscv::Debugger* debugger = nullptr;       ///< RiscvCoreParameters::debugger
  Picoseconds firmwareTimeout = 0;           ///< RiscvCoreParameters::timeout
  std::vector<DramObserver*> dramObservers;  ///< one per die, or none
  ActivityObserver* activity = nullptr;      ///< of the whole chip
  /// Loads programs and data. Called after elaboration, before time 0; sockets are not bound before that.
  std::function<void(Chip&)> load;
  Probe probe;                     ///< placed on every hop from the bus to the banks
  RtlFactories rtl = linkedRtl();  ///< the RTL that rtl.* select
  /// Folder for waveforms of RTL that differs from its model; empty: the working directory.
  std::string mismatchDirectory;
};

/// The whole chip: Controller and dies, connected and mapped as the configuration states. The constructor
/// throws a UserError if regions of the memory map overlap; a time resolution other than 1 ps is fatal. The
/// caller sets the global quantum. Results do not depend on it; it limits how far the firmware core runs
/// ahead.
class Chip : public sc_core::sc_module {
 public:
  Chip(const sc_core::sc_module_name& name, const Config& config, const ChipOptions& options);

  ~Chip() override;

  Controller& controller() { return *m_controller; }
  const Statistics& statistics() const { return m_statistics; }
  /// Returns the work so far of each block in RTL.
  std::vector<RtlWork> rtlWork() const;
  const std::vector<Phase>& phases() const { return m_controller->phases(); }

  /// Write and read memory without simulated time: weights and tables in ChipOptions::load, results after the
  /// run. Addresses are those of the memory map.
  void load(std::uint64_t address, const void* data, std::size_t bytes);
  void inspect(std::uint64_t address, void* data, std::size_t bytes);
  /// Returns the host's pointer to the memory at an address (DMI).
  std::uint8_t* directMemory(std::uint64_t address);
  /// Returns the bus address of a byte of a bank's BMEM.
  std::uint64_t bmemAddress(std::uint32_t die, std::uint32_t bank, std::uint64_t offset) const;

 private:
  void start_of_simulation() override;
  void debugAccess(tlm::tlm_generic_payload& payload);

  const MemoryMap m_map;
  const std::function<void(Chip&)> m_load;
  Statistics m_statistics;
  std::unique_ptr<WorkPool> m_workers;                   // null: data is computed when a command is served
  std::vector<std::unique_ptr<DieEngine>> m_dieEngines;  ///< for rtl.dies; empty: the model
  std::vector<std::unique_ptr<DieModule>> m_dies;
  std::unique_ptr<AluEngine> m_aluEngine;  ///< for rtl.alus; null: the model
  std::unique_ptr<Controller> m_controller;
  tlm_utils::simple_initiator_socket<Chip> m_loader;
  Transaction m_transaction;
};

}  // namespace pim::platform
