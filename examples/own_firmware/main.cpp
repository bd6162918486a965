// LLaMA-7B on the default chip, twice: with the firmware that pimtlm ships, and with a schedule of our own.
#include <cstdio>
#include <systemc>

#include "core/base/error.h"
#include "platform/config/loader.h"
#include "sim/analysis/metrics.h"
#include "sim/run/mapping.h"
#include "sim/run/own_process.h"
#include "sw/firmware/pim_firmware.h"
#include "sw/host/layout/planner.h"
#include "tile_by_tile.h"

namespace {

constexpr std::uint32_t kPrompt = 64;
constexpr std::uint32_t kGenerate = 8;

struct Speed {
  double prefill, decode;  ///< tokens per second
};

Speed run(pim::NativeCore::EntryPoint firmware) {
  pim::sim::RunRequest request;
  request.config = pim::platform::loadPreset("aim8");
  request.layout =
      pim::host::planModel(pim::platform::loadModel("llama-7b"), pim::sim::chipShape(request.config),
                           pim::sim::mappingOptions(request.config), kPrompt + kGenerate - 1);
  request.firmware = std::move(firmware);
  request.job.prompt.assign(kPrompt, 1);
  request.job.generate = kGenerate;
  request.job.ignoreEos = true;
  const pim::sim::RunResult result = pim::sim::simulate(request);
  return {pim::sim::prefillStage(result, kPrompt).tokensPerSecond(),
          pim::sim::decodeStage(result).tokensPerSecond()};
}

void print(const char* name, const Speed& speed) {
  std::printf("%-14s prefill %7.1f tokens/s, decode %7.1f tokens/s\n", name, speed.prefill, speed.decode);
}

}  // namespace

int sc_main(int, char*[]) {
  // SystemC elaborates once per process: the first of the two runs has one of its own.
  Speed shipped{};
  const bool ran = pim::sim::runInOwnProcess<Speed>([] { return run(pim_firmware_main); }, shipped);
  if (!ran) return 1;
  print("as shipped", shipped);
  print("tile by tile", run(tile_by_tile_main));
  return 0;
}
