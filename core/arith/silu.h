#pragma once

#include <cstdint>

#include "core/base/fixed_point.h"

namespace pim {

/// y_i = gate_i * sigmoid(gate_i) * up_i over n elements, Q16; y may be gate or up.
void siluMul(const Q16* gate, const Q16* up, std::uint32_t n, Q16* y);

}  // namespace pim
