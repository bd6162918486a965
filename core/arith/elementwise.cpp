#include "core/arith/elementwise.h"

#include <algorithm>
#include <cassert>

namespace pim {

void addResidual(Q16* residual, const Q16* y, std::uint32_t n) {
  for (std::uint32_t i = 0; i < n; ++i) residual[i] = sat32(std::int64_t{residual[i]} + y[i]);
}

void dequantiseRow(const WeightRowView& row, int weightExponent, Q16* y) {
  for (std::uint32_t i = 0; i < row.k(); ++i) {
    const std::uint32_t g = i / row.group();
    const std::int64_t product = std::int64_t{row.code(i) - row.zero(g)} * row.scale(g);
    y[i] = sat32(roundShift(product, -(weightExponent + 16)));
  }
}

void reducePartials(const std::int64_t* partial, std::uint32_t parts, std::uint32_t stride, std::uint32_t n,
                    int shift, Q16* y) {
  for (std::uint32_t i = 0; i < n; ++i) {
    std::int64_t sum = 0;
    for (std::uint32_t part = 0; part < parts; ++part) sum += partial[std::size_t{part} * stride + i];
    y[i] = sat32(roundShift(sum, shift));
  }
}

std::uint32_t argmax(const Q16* x, std::uint32_t n) {
  assert(n > 0);
  return static_cast<std::uint32_t>(std::max_element(x, x + n) - x);
}

}  // namespace pim
