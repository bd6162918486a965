#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/arith/saturation.h"
#include "core/base/model_shape.h"
#include "core/observe/activity.h"
#include "core/observe/phase_recorder.h"
#include "core/observe/rtl_work.h"
#include "core/observe/statistics.h"
#include "core/riscv/debugger.h"
#include "core/riscv/elf_image.h"
#include "core/riscv/hart.h"
#include "platform/config/config.h"
#include "sw/firmware/pim_firmware.h"
#include "sw/host/layout/layout.h"
#include "sw/host/pack/packed_model.h"
#include "sw/host/quantise/quantized_model.h"
#include "tlm/controller/native_core.h"
#include "tlm/host/host.h"
#include "tlm/rtl/rtl_factories.h"

namespace pim::sim {

/// One run of the chip: the configuration, the content and the job.
struct RunRequest {
  platform::Config config;
  host::Layout layout;                          ///< of planModel() or planMatrix()
  const host::QuantizedModel* model = nullptr;  ///< with data; null: timing only
  const host::PackedModel* packed = nullptr;    ///< where the model's weights are, unless it has them itself
  HostJob job;
  /// Called for each token with its logits, which are empty in a timing-only run.
  std::function<void(std::uint32_t token, const std::vector<std::int32_t>& logits)> onToken;
  const riscv::ElfImage* program = nullptr;  ///< of the RV32 core; null: the one that is built in
  riscv::BlockObserver* programObserver = nullptr;
  Picoseconds firmwareTimeout = 0;           ///< RiscvCoreParameters::timeout
  riscv::Debugger* debugger = nullptr;       ///< RiscvCoreParameters::debugger
  std::vector<ActivityObserver*> observers;  ///< each is told what every unit of the chip does
  /// Directory for the waveform of a mismatch between RTL and model; empty: the working directory.
  std::string mismatchDirectory;
  /// If not 0: simulate() gives up when the first phase (a prefill) lasts longer.
  Picoseconds firstPhaseLimit = 0;
  NativeCore::EntryPoint firmware = pim_firmware_main;  ///< what runs on the Controller's core
  RtlFactories rtl = linkedRtl();                       ///< what rtl.* put in place of models or beside them
};

/// Times of a run, by hostClock().
struct HostTimes {
  double loaded = 0;  ///< simulated time begins
  double firstToken = 0, lastToken = 0;
};

struct RunResult {
  std::vector<std::uint32_t> tokens;
  std::vector<Picoseconds> tokenTimes;  ///< when each token reached the host
  std::vector<Phase> phases;
  Statistics statistics;
  Picoseconds end = 0;
  HostTimes host;
  std::uint64_t dramCommands = 0;  ///< seen by the timing checkers, with simulation.check_timing
  std::uint64_t dramViolations = 0;
  std::vector<std::string> violationTexts;  ///< the first few
  std::vector<RtlWork> rtl;                 ///< of each block that is RTL
  ClippedValues clipped{};                  ///< of the model's arithmetic, in a run with data
};

/// Elaborates the chip, loads it, and runs the job to its end. Call it once per process, because SystemC
/// elaborates once. UserError: bad input, or RunRequest::firstPhaseLimit has passed.
RunResult simulate(const RunRequest& request);

}  // namespace pim::sim
