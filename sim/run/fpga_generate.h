#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "platform/config/config.h"
#include "sim/run/machine_run.h"
#include "sw/host/quantise/quantized_model.h"

namespace pim::sim {

/// The job of the FPGA.
struct GenerateJob {
  std::vector<std::uint32_t> prompt;
  std::uint32_t generate = 0;  ///< tokens at most
  bool everyPosition = false;  ///< predict after each token of the prompt instead
  bool ignoreEos = false;
  /// Called for each token with its logits, Q16.
  std::function<void(std::uint32_t token, const std::vector<std::int32_t>& logits)> onToken;
};

struct Generated {
  std::vector<std::uint32_t> tokens;
  MachineRun run;
};

/// Runs the programs of prefill and decode with data. UserError: the configuration computes no data.
Generated generateOnFpga(const host::QuantizedModel& model, const platform::Config& config,
                         const GenerateJob& job);

}  // namespace pim::sim
