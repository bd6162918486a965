#include "platform/assembly/fpga_parameters.h"

#include "core/fpga/buffers.h"

namespace pim::platform {

fpga::TimingParameters fpgaTiming(const Config& config) {
  const FpgaConfig& f = config.fpga;
  fpga::TimingParameters timing;
  timing.clockMhz = f.clockMhz;
  timing.speedup = f.speedup;
  timing.channelBytesPerSecond = f.channelBytesPerSecond();
  timing.efficiencySame = f.efficiencySame;
  timing.efficiencyCross = f.efficiencyCross;
  timing.loadChannels = fpga::kLoadChannels;
  timing.bufferBytes = fpga::kAWidthMm;
  timing.mmMacs = f.mmMacs;
  timing.mvMacs = f.mvMacs;
  timing.eltwiseLanes = f.eltwiseLanes;
  timing.softmaxLanes = f.softmaxLanes;
  timing.normLanes = f.normLanes;
  timing.siluLanes = f.siluLanes;
  return timing;
}

host::fpga::CompilerOptions fpgaCompilerOptions(const Config& config) {
  const FpgaConfig& f = config.fpga;
  host::fpga::CompilerOptions options;
  options.mvOutputs = f.mvOutputs;
  options.depths = {f.aBufferDepth, f.bBufferDepth, f.globalBufferDepth};
  options.queryKeyDensity = f.queryKeyDensity;
  options.density = f.density;
  options.weightBits = config.weights.bits;
  options.kvBits = config.kv.bits;
  options.sparseIndexBits = f.sparseIndexBits;
  if (const std::uint32_t kept = config.weights.kept(); kept != 0) {
    constexpr std::uint32_t kIndexBits = 4;
    options.density = options.queryKeyDensity = kept / 16.0;
    options.sparseIndexBits = kIndexBits;
  }
  options.cacheReload = f.cacheReload;
  options.outputPadding = f.outputPadding;
  options.loadPadding = f.loadPadding;
  options.fullMisc = f.prefillMisc == PrefillMisc::kAll;
  return options;
}

host::fpga::Stairs fpgaStairs(const Config& config) {
  return {config.fpga.prefillStair, config.fpga.decodeStair};
}

host::fpga::AttentionMask fpgaMask(const Config& config) {
  if (config.attention.mask == "causal") return host::fpga::AttentionMask::causal();
  if (config.attention.mask == "full") return host::fpga::AttentionMask::full();
  return host::fpga::AttentionMask::fromFile(config.attention.mask);
}

}  // namespace pim::platform
