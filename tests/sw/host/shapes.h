#pragma once

#include "tlm/core/model_shape.h"

namespace pim {

inline ModelShape llama7b() {
  return {"llama-7b", 32, 4096, 32, 32, 128, 11008, 32000, 2048, 10000.0, 1e-6, false};
}

inline ModelShape llama13b() {
  return {"llama-13b", 40, 5120, 40, 40, 128, 13824, 32000, 2048, 10000.0, 1e-6, false};
}

}  // namespace pim
