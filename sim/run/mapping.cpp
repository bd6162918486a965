#include "sim/run/mapping.h"

#include "platform/config/memory_map.h"
#include "platform/config/weight_formats.h"
#include "sim/run/attention_mask.h"

namespace pim::sim {

ChipShape chipShape(const platform::Config& config) {
  ChipShape shape;
  shape.dies = config.chip.dies;
  shape.banksPerDie = config.chip.banksPerDie;
  shape.bramBytes = static_cast<std::uint32_t>(config.bank.bramBytes());
  shape.dieRamBytes = static_cast<std::uint32_t>(config.die.ramBytes());
  shape.bmemBytes = config.bank.bmemBytes();
  const MemoryMap map = platform::memoryMap(config);
  shape.cramBytes = map.cram.size;
  shape.cmemBytes = map.cmem.size;
  shape.cramBase = static_cast<std::uint32_t>(map.cram.base);
  shape.externalBytes = map.external.size;
  shape.externalBase = static_cast<std::uint32_t>(map.external.base);
  shape.cmemBase = static_cast<std::uint32_t>(map.cmem.base);
  shape.vectorBufferBytes = config.bank.vectorBufferBytes;
  return shape;
}

host::MappingOptions mappingOptions(const platform::Config& config) {
  host::MappingOptions options;
  options.weights = platform::modelFormats(config.weights);
  options.mask = blockMask(config.attention);
  options.activationBits = config.activation.bits;
  options.kvBits = config.kv.bits;
  options.columnParts = config.columnParts();
  options.banksPerHead = config.mapping.banksPerHead;
  options.fuseQkv = config.mapping.fuseQkv;
  options.fuseGateUp = config.mapping.fuseGateUp;
  options.tokenTile = config.mapping.tokenTile;
  options.embedding = config.mapping.embedding;
  options.activations = config.controller.activations;
  options.overlap = config.schedule.overlap;
  options.tilesInFlight = config.schedule.tilesInFlight;
  options.cachedProgram = config.schedule.program == platform::DecodeProgram::kCached;
  options.fuseResidualNorm = config.alu.fuse == platform::AluFusion::kResidualNorm;
  options.queueDepth = config.controller.queueDepth;
  return options;
}

}  // namespace pim::sim
