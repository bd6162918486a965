#pragma once

#include "core/base/model_shape.h"

namespace pim {

inline ModelShape llama7b() {
  return {"llama-7b", 32, 4096, 32, 32, 128, 11008, 32000, 2048, 10000.0, 1e-6, false};
}

inline ModelShape llama13b() {
  return {"llama-13b", 40, 5120, 40, 40, 128, 13824, 32000, 2048, 10000.0, 1e-6, false};
}

inline ModelShape llama3x8b() {
  return {"llama-3-8b", 32, 4096, 32, 8, 128, 14336, 128256, 8192, 500000.0, 1e-5, false};
}

inline ModelShape tinyllama() {
  return {"tinyllama-1.1b", 22, 2048, 32, 4, 64, 5632, 32000, 2048, 10000.0, 1e-5, false};
}

inline ModelShape llama2x70b() {
  return {"llama-2-70b", 80, 8192, 64, 8, 128, 28672, 32000, 4096, 10000.0, 1e-5, false};
}

}  // namespace pim
