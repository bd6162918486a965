#include "platform/assembly/controller_cores.h"

#include <fmt/format.h>

#include <map>
#include <string>

#include "core/base/error.h"
#include "platform/assembly/firmware_measurement.h"
#include "platform/assembly/firmware_program.h"
#include "platform/config/core_table.h"
#include "platform/config/firmware_costs.h"
#include "platform/config/memory_map.h"
#include "tlm/controller/native_core.h"
#include "tlm/controller/riscv_core.h"

namespace pim::platform {
namespace {

RiscvCoreParameters riscvParameters(const Config& config, const ChipOptions& options) {
  RiscvCoreParameters core;
  core.image = options.program != nullptr ? *options.program : firmwareProgram(config, "");
  core.cycles = loadCycleTable(config.controller.cycleTable);
  const MemoryMap map = memoryMap(config);
  core.instructionBase = static_cast<std::uint32_t>(map.instructions.base);
  core.instructionBytes = static_cast<std::uint32_t>(map.instructions.size);
  core.dataBase = static_cast<std::uint32_t>(map.data.base);
  core.dataBytes = static_cast<std::uint32_t>(map.data.size);
  core.timeout = options.firmwareTimeout;
  core.observer = options.programObserver;
  core.activity = options.activity;
  core.debugger = options.debugger;
  return core;
}

/// Takes the costs that stand beside the cycle tables of platform/cores; measures those of an own table.
NativeCoreTime makeNativeTime(const std::string& cycleTable) {
  const riscv::CycleTable cycles = loadCycleTable(cycleTable);
  NativeCoreTime time;
  time.loadCycles = cycles.load;
  time.storeCycles = cycles.store;
  const FirmwareCosts* builtin = builtinFirmwareCosts(cycleTable);
  if (builtin == nullptr && builtinFirmware().empty()) {
    throw UserError(fmt::format(
        "controller.cycle_table={}: expected {}; what the firmware takes with another table is "
        "measured by its program for RV32, and this pimtlm was built without riscv64-unknown-elf-gcc",
        cycleTable, fmt::join(cycleTableNames(), " or ")));
  }
  time.costs = builtin != nullptr ? *builtin : measureFirmware(cycles).costs;
  return time;
}

const NativeCoreTime& nativeTime(const std::string& cycleTable) {
  static std::map<std::string, NativeCoreTime> all;
  const auto found = all.find(cycleTable);
  return found != all.end() ? found->second : all[cycleTable] = makeNativeTime(cycleTable);
}

}  // namespace

void prepareCore(const Config& config) {
  if (config.machine == MachineKind::kPim && config.controller.core == ControllerCoreKind::kNative)
    nativeTime(config.controller.cycleTable);
}

CoreFactory coreFactory(const Config& config, const ChipOptions& options) {
  if (config.controller.core == ControllerCoreKind::kRv32) {
    return [core = riscvParameters(config, options)](const char* name,
                                                     const ControllerCoreParameters& parameters,
                                                     CoreWork& work) -> std::unique_ptr<ControllerCore> {
      return std::make_unique<RiscvCore>(name, parameters, core, work);
    };
  }
  return [firmware = options.firmware, time = nativeTime(config.controller.cycleTable)](
             const char* name, const ControllerCoreParameters& parameters,
             CoreWork& work) -> std::unique_ptr<ControllerCore> {
    return std::make_unique<NativeCore>(name, parameters, firmware, work, time);
  };
}

}  // namespace pim::platform
