#include <memory>

#include "sw/host/checkpoint/gguf_checkpoint.h"
#include "sw/host/quantise/quantize.h"
#include "tests/fuzz/fuzz_support.h"

/// A GGUF file: header, checkpoint, quantisation, one row of every matrix of a layer.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace pim::host;
  fuzz::expectUserErrorOrNothing([&] {
    auto file = std::make_shared<const GgufFile>(pim::host::ByteSpan{data, size}, "fuzz");
    auto checkpoint = std::make_shared<const Checkpoint>(ggufCheckpoint(std::move(file)));
    const QuantizedModel model = quantize(std::move(checkpoint)).model;
    const QuantizedLayer& layer = model.layers.back();
    for (const QuantizedMatrix* m : {&layer.q, &layer.k, &layer.v, &layer.output, &layer.gate, &layer.up,
                                     &layer.down, &model.embedding, &model.head}) {
      std::vector<uint8_t> scratch(m->rowBytes());
      m->view(m->rows - 1, scratch.data());
    }
  });
  return 0;
}
