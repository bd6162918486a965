#include "tests/sim/analysis/decode_run.h"

#include "sim/run/decode_step.h"
#include "sim/run/mapping.h"
#include "sim/run/own_process.h"
#include "sw/host/layout/planner.h"

namespace pim::sim {

DecodeRun runDecode(const ChipSetup& setup, std::uint32_t context) {
  const RunRequest request = decodeStep(setup.shape, setup.config, context);
  DecodeRun run;
  run.layout = layoutChoices(request.layout);
  run.done = runInOwnProcess<SimulatedDecode>([&] { return simulateDecodeStep(request); }, run.step);
  return run;
}

PrefillRun runPrefill(const ChipSetup& setup, std::uint32_t promptTokens) {
  RunRequest request;
  request.config = setup.config;
  request.layout =
      host::planModel(setup.shape, chipShape(setup.config), mappingOptions(setup.config), promptTokens);
  request.job.prompt.assign(promptTokens, 1);
  request.job.ignoreEos = true;
  PrefillRun run;
  runInOwnProcess<PrefillRun>(
      [&] {
        const Stage stage = prefillStage(simulate(request), promptTokens);
        PrefillRun result;
        result.tokensPerSecond = stage.tokensPerSecond();
        result.utilisation = utilisation(stage, setup.config);
        result.tokenTile = request.layout.plan.token_tile;
        result.done = true;
        return result;
      },
      run);
  return run;
}

}  // namespace pim::sim
