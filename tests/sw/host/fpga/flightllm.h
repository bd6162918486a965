#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "core/fpga/step_timer.h"
#include "sw/host/fpga/compiler.h"

namespace pim::test {

/// The folder of published data that may lie beside the project, with a slash at its end.
inline std::string flightllmFolder() {
  const char* shared = std::getenv("PIMTLM_SHARED");
  return std::string(shared != nullptr ? shared : PIMTLM_SHARED_DEFAULT) + "/reference/flightllm/";
}
inline bool isThere(const std::string& path) {
  return std::filesystem::exists(path);
}

inline ModelShape llama2_7b() {
  ModelShape s;
  s.layers = 32;
  s.hidden = 4096;
  s.heads = s.kvHeads = 32;
  s.headDim = 128;
  s.mlp = 11008;
  s.vocab = 32000;
  return s;
}

/// FlightLLM on VHK158 as its authors published it.
inline fpga::TimingParameters vhk158() {
  constexpr double kGib = 1073741824.0;
  fpga::TimingParameters t;
  t.clockMhz = 225;
  t.speedup = 3.2;
  t.channelBytesPerSecond = 819.2 * kGib / 32;
  t.efficiencySame = 0.7;
  t.efficiencyCross = 0.35;
  t.loadChannels = 8;
  t.bufferBytes = 256;
  t.mmMacs = 4096;
  t.mvMacs = 1024;
  t.eltwiseLanes = t.softmaxLanes = t.normLanes = t.siluLanes = 16;
  return t;
}
inline host::fpga::CompilerOptions asPublished() {
  host::fpga::CompilerOptions o;
  o.mvOutputs = 512;
  o.depths = {4096, 4096, 512};
  o.queryKeyDensity = 0.7;
  o.density = 1;
  o.weightBits = 4;
  o.kvBits = 8;
  o.cacheReload = o.outputPadding = o.loadPadding = true;
  return o;
}

struct Machine {
  fpga::TimingParameters timing = vhk158();
  host::fpga::CompilerOptions options = asPublished();
  ModelShape shape = llama2_7b();

  fpga::StepUse decode(std::uint32_t context) const {
    fpga::StepTimer timer(timing);
    host::fpga::Compiler(shape, options).decode(context, [&](const auto&, const auto& all) {
      timer.run(all);
    });
    return timer.finish();
  }
  fpga::StepUse prefill(std::uint32_t tokens,
                        const host::fpga::AttentionMask& mask = host::fpga::AttentionMask::causal()) const {
    fpga::StepTimer timer(timing);
    host::fpga::Compiler(shape, options).prefill(tokens, mask, [&](const auto&, const auto& all) {
      timer.run(all);
    });
    return timer.finish();
  }
};

inline double milliseconds(fpga::Femtoseconds time) {
  return static_cast<double>(time) * 1e-12;
}

}  // namespace pim::test
