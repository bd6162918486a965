#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "core/base/time.h"

namespace pim::sim {

/// Deals spans that may overlap to as few lanes as keep those of a lane apart. Spans come in any order; a
/// lane takes what begins after everything it holds.
class Lanes {
 public:
  std::size_t laneFor(Picoseconds begin, Picoseconds end) {
    const auto free =
        std::find_if(m_ends.begin(), m_ends.end(), [begin](Picoseconds laneEnd) { return laneEnd <= begin; });
    const auto lane = static_cast<std::size_t>(free - m_ends.begin());
    if (free == m_ends.end()) m_ends.push_back(0);
    m_ends[lane] = end;
    return lane;
  }
  std::size_t count() const { return m_ends.size(); }

 private:
  std::vector<Picoseconds> m_ends;
};

}  // namespace pim::sim
