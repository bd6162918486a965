#pragma once

#include <cstdint>

namespace pim {

/// Percentage of cycles in which a side of a handshake makes the other wait.
struct RtlStalls {
  std::uint32_t percent = 0;
  std::uint64_t seed = 1;
};

}  // namespace pim
