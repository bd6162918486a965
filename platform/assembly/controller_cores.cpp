#include "platform/assembly/controller_cores.h"

#include "platform/assembly/firmware_program.h"
#include "platform/config/core_table.h"
#include "platform/config/memory_map.h"
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
  core.debugger = options.debugger;
  return core;
}

}  // namespace

CoreFactory coreFactory(const Config& config, const ChipOptions& options) {
  if (config.controller.core == ControllerCoreKind::kRv32) {
    return [core = riscvParameters(config, options)](const char* name,
                                                     const ControllerCoreParameters& parameters,
                                                     CoreWork& work) -> std::unique_ptr<ControllerCore> {
      return std::make_unique<RiscvCore>(name, parameters, core, work);
    };
  }
  return [firmware = options.firmware](const char* name, const ControllerCoreParameters& parameters,
                                       CoreWork& work) -> std::unique_ptr<ControllerCore> {
    return std::make_unique<NativeCore>(name, parameters, firmware, work);
  };
}

}  // namespace pim::platform
