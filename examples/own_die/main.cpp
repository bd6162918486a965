// LLaMA-7B on a chip of pimtlm, with the dies of pimtlm and with dies of our own: own_die [LATENCY_NS]
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <systemc>

#include "ecc_die.h"
#include "platform/assembly/die_factory.h"
#include "platform/config/loader.h"
#include "sim/analysis/metrics.h"
#include "sim/run/mapping.h"
#include "sim/run/own_process.h"
#include "sw/host/layout/planner.h"

namespace {

constexpr std::uint32_t kPrompt = 64;
constexpr std::uint32_t kGenerate = 8;

struct Speed {
  double prefill, decode;  ///< tokens per second
};

/// `die` is the value of the configuration key die.model.
Speed run(const std::string& die) {
  pim::sim::RunRequest request;
  request.config = pim::platform::loadPreset("aim8", {"die.model=" + die});
  request.layout =
      pim::host::planModel(pim::platform::loadModel("llama-7b"), pim::sim::chipShape(request.config),
                           pim::sim::mappingOptions(request.config), kPrompt + kGenerate - 1);
  request.job.prompt.assign(kPrompt, 1);
  request.job.generate = kGenerate;
  request.job.ignoreEos = true;
  const pim::sim::RunResult result = pim::sim::simulate(request);
  return {pim::sim::prefillStage(result, kPrompt).tokensPerSecond(),
          pim::sim::decodeStage(result).tokensPerSecond()};
}

void print(const char* name, const Speed& speed) {
  std::printf("%-18s prefill %7.1f tokens/s, decode %7.1f tokens/s\n", name, speed.prefill, speed.decode);
}

}  // namespace

int sc_main(int argc, char* argv[]) {
  const sc_core::sc_time latency(argc > 1 ? std::atof(argv[1]) : 10, sc_core::SC_NS);
  pim::platform::registerDie("ecc", [latency](const pim::platform::DieOrder& order) {
    return std::make_unique<EccDie>(order.name.c_str(), order, latency);
  });

  // SystemC elaborates once per process: the first of the two runs has one of its own.
  Speed shipped{};
  const bool ran = pim::sim::runInOwnProcess<Speed>([] { return run("pim"); }, shipped);
  if (!ran) return 1;
  print("dies of pimtlm", shipped);
  print("dies with ECC", run("ecc"));
  return 0;
}
