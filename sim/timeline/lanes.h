#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "core/base/time.h"

namespace pim::sim {

/// Assigns spans that may overlap to few lanes, so that spans of a lane do not overlap. Spans come in any
/// order; a span goes to the first lane whose last span has ended.
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
