#pragma once

#include <tlm_utils/simple_initiator_socket.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <systemc>
#include <vector>

#include "core/base/work_pool.h"
#include "core/operations/alu_engine.h"
#include "core/riscv/elf_image.h"
#include "core/riscv/hart.h"
#include "platform/config/config.h"
#include "tlm/controller/controller.h"
#include "tlm/controller/native_core.h"
#include "tlm/die/die.h"
#include "tlm/rtl/rtl_factories.h"

namespace pim::platform {

class Chip;

/// What a chip is built with beside its configuration.
struct ChipOptions {
  bool functional = false;          ///< hold and compute data
  std::uint32_t planAddress = 0;    ///< where the firmware finds its plan
  NativeCore::EntryPoint firmware;  ///< what the native core runs
  /// What the RV32 core runs; null: the program that is built into the executable.
  const riscv::ElfImage* program = nullptr;
  riscv::BlockObserver* programObserver = nullptr;
  Picoseconds firmwareTimeout = 0;           ///< RiscvCoreParameters::timeout
  std::vector<DramObserver*> dramObservers;  ///< one a die, or none
  ActivityObserver* activity = nullptr;      ///< of the whole chip
  /// Puts programs and data in place: called when all is elaborated, before time 0. Not before, because
  /// sockets are bound only then.
  std::function<void(Chip&)> load;
  Probe probe;                     ///< put on every hop from the bus to the banks
  RtlFactories rtl = linkedRtl();  ///< what rtl.* put in place of models or beside them
  /// Where RTL that differs from its model leaves a waveform; empty: the working directory.
  std::string mismatchDirectory;
};

/// The whole chip: Controller and dies, wired and mapped as the configuration says. Overlapping regions of
/// the memory map are refused with a UserError before anything is simulated; a time resolution other than
/// 1 ps is fatal. The global quantum is the caller's: results do not depend on it, only how often the
/// firmware core gives way.
class Chip : public sc_core::sc_module {
 public:
  Chip(const sc_core::sc_module_name& name, const Config& config, const ChipOptions& options);

  ~Chip() override;

  Controller& controller() { return *m_controller; }
  const Statistics& statistics() const { return m_statistics; }
  /// What each block that is RTL has done so far.
  std::vector<RtlWork> rtlWork() const;
  const std::vector<Phase>& phases() const { return m_controller->phases(); }

  /// Loading, without time: weights and tables in ChipOptions::load, results after the run. Addresses of the
  /// memory map.
  void load(std::uint64_t address, const void* data, std::size_t bytes);
  void inspect(std::uint64_t address, void* data, std::size_t bytes);
  /// Where the memory at an address lies in the host (DMI).
  std::uint8_t* directMemory(std::uint64_t address);
  /// Bus address of a byte of a bank's BMEM.
  std::uint64_t bmemAddress(std::uint32_t die, std::uint32_t bank, std::uint64_t offset) const;

 private:
  void start_of_simulation() override;
  void debugAccess(tlm::tlm_generic_payload& payload);

  const Config m_config;
  const std::function<void(Chip&)> m_load;
  Statistics m_statistics;
  std::unique_ptr<WorkPool> m_workers;                   // null: data is computed where a command is served
  std::vector<std::unique_ptr<DieEngine>> m_dieEngines;  ///< of rtl.dies; none for the model
  std::vector<std::unique_ptr<DieModule>> m_dies;
  std::unique_ptr<AluEngine> m_aluEngine;  ///< of rtl.alus; none for the model
  std::unique_ptr<Controller> m_controller;
  tlm_utils::simple_initiator_socket<Chip> m_loader;
  Transaction m_transaction;
};

}  // namespace pim::platform
