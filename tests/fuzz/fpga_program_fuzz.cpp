#include <string>

#include "core/fpga/step_timer.h"
#include "sw/host/fpga/program_file.h"
#include "tests/fuzz/fuzz_support.h"

/// Any bytes as a program of the FPGA: read, and timed where they can be read.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  pim::fpga::TimingParameters timing;
  timing.clockMhz = 225;
  timing.speedup = 3.2;
  timing.channelBytesPerSecond = 27e9;
  timing.efficiencySame = 0.7;
  timing.efficiencyCross = 0.35;
  timing.loadChannels = 8;
  timing.bufferBytes = 256;
  timing.mmMacs = timing.mvMacs = 1024;
  timing.eltwiseLanes = timing.softmaxLanes = timing.normLanes = timing.siluLanes = 16;
  pim::host::fuzz::expectUserErrorOrNothing([&] {
    pim::fpga::StepTimer timer(timing);
    const std::string text(reinterpret_cast<const char*>(data), size);
    for (const auto& part : pim::host::fpga::parseProgram(text, "fuzz")) timer.run(part.instructions);
    timer.finish();
  });
  return 0;
}
