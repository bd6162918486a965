#pragma once

#include <cstdint>

namespace pim {

/// How often, in percent, a side of a handshake lets the other wait for a cycle.
struct RtlStalls {
  std::uint32_t percent = 0;
  std::uint64_t seed = 1;
};

}  // namespace pim
