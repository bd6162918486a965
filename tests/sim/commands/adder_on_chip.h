#pragma once

#include <cstdint>

namespace pim::cli {

/// Of `sums` random sums (fixed seed), those that the shipped adder gets right on a simulated chip, each in a
/// run of the executable of its own.
std::uint32_t sumsRightOnChip(std::uint32_t sums);

}  // namespace pim::cli
