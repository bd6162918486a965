#pragma once

#include "platform/config/loader.h"
#include "sim/sweep/point.h"

namespace pim::sim {

/// LLaMA-7B on aim8 with two layers and a small vocabulary: the same matrices and heads, a sixteenth of the
/// time.
inline Point twoLayersOfLlama7b() {
  Point point;
  point.config = platform::loadPreset("aim8");
  point.shape = platform::loadModel("llama-7b");
  point.shape.layers = 2;
  point.shape.vocab = 4096;
  return point;
}

}  // namespace pim::sim
