#include "sim/run/decode_step.h"

#include <algorithm>

#include "sim/run/mapping.h"
#include "sw/host/layout/planner.h"

namespace pim::sim {

RunRequest decodeStep(const ModelShape& shape, const platform::Config& config, std::uint32_t context) {
  RunRequest request;
  request.config = config;
  request.layout = host::planModel(shape, chipShape(config), mappingOptions(config), context);
  request.job.prompt = {1};
  request.job.generate = 2;  // the prefill yields the first token
  request.job.position = context - kShortestContext;
  request.job.ignoreEos = true;
  return request;
}

SimulatedDecode simulateDecodeStep(const RunRequest& request) {
  SimulatedDecode result = simulatedDecode(decodeStage(simulate(request)));
  const host::Capacity& capacity = request.layout.capacity;
  result.banksPerHead = request.config.mapping.banksPerHead;
  result.maxContext = capacity.longestContext();
  return result;
}

LayoutChoices layoutChoices(const host::Layout& layout) {
  const pim_layer& layer = layout.layers.front();
  LayoutChoices choices;
  choices.qkvTile = layer.qkv[0].k_tile;
  choices.outputTile = layer.output.k_tile;
  choices.gateUpTile = layer.gate_up[0].k_tile;
  choices.downTile = layer.down.k_tile;
  choices.headTile = layout.plan.head.k_tile;
  choices.embeddingInBanks = layout.plan.embedding == 0;
  return choices;
}

}  // namespace pim::sim
