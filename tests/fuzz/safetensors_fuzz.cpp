#include <string>

#include "sw/host/checkpoint/huggingface_checkpoint.h"
#include "sw/host/checkpoint/safetensors.h"
#include "sw/host/quantise/quantize.h"
#include "tests/fuzz/fuzz_support.h"

/// Two bytes of length, a config.json of that length, then a safetensors file; all of it in memory.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace pim::host;
  if (size < 2) return 0;
  const size_t configSize = std::min<size_t>(size - 2, data[0] + size_t{256} * data[1]);
  const ByteSpan config{data + 2, configSize};
  const ByteSpan tensors{data + 2 + configSize, size - 2 - configSize};
  fuzz::expectUserErrorOrNothing([&] { parseSafetensors(tensors, "fuzz"); });
  fuzz::expectUserErrorOrNothing([&] {
    auto checkpoint = std::make_shared<const Checkpoint>(huggingFaceCheckpoint(config, tensors, "fuzz"));
    const QuantizedMatrix matrix = quantize(std::move(checkpoint)).model.layers.back().down;
    std::vector<uint8_t> scratch(matrix.rowBytes());
    matrix.view(matrix.rows - 1, scratch.data());
  });
  return 0;
}
