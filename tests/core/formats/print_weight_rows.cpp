// Prints random rows of every format, a line each: format, K, codes, zero points, scales, and the row's bytes
// in hexadecimal. weight_rows_test.py packs them again.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdio>

#include "tests/core/formats/weight_formats.h"

int main() {
  pim::ArithRandom random(5);
  for (const std::uint32_t group : {32u, 64u, 128u})
    for (const pim::WeightFormat& format : pim::computableFormats(group))
      for (const std::uint32_t groups : {1u, 3u, 32u}) {
        const std::uint32_t k = groups * group;
        const pim::WrittenRow row = pim::randomWeightRow(random, k, format);
        fmt::print("{} {} {} {} {} {} {} {} {:02x}\n", format.group, format.weightBits, format.zeroBits,
                   format.sparsity, k, fmt::join(row.codes, ","), fmt::join(row.zeros, ","),
                   fmt::join(row.scales, ","), fmt::join(row.bytes, ""));
      }
  return 0;
}
