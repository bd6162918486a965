#pragma once

#include <cstdint>

#include "tlm/core/activity.h"
#include "tlm/core/time.h"

namespace pim {

/// When transfers over a die's link begin and arrive. A transfer streams through DieRAM: it takes the slower
/// of link and DieRAM port, plus one hop. Each direction takes one transfer after another (in half duplex
/// both together do); the DieRAM port serves transfers in the order in which they begin.
class DieTiming {
 public:
  struct Parameters {
    Bandwidth link;
    Bandwidth ram;  ///< DieRAM port
    bool fullDuplex = true;
    Picoseconds hop = 0;
    /// What the link moves at once. Transfers begin on edges of the clock that moves a beat, and each bank's
    /// part takes whole beats, as in the RTL. 1: bytes follow each other without a clock.
    std::uint32_t beatBytes = 1;
  };

  struct Transfer {
    Picoseconds begin;
    Picoseconds end;       ///< the direction is free again
    Picoseconds arrival;   ///< one hop later
    Picoseconds ramBegin;  ///< the DieRAM port serves it
    Picoseconds ramEnd;
  };

  explicit DieTiming(const Parameters& parameters);

  /// A transfer of `parts` times `partBytes` that is ready to begin at `now`.
  Transfer transfer(LinkDirection direction, std::uint64_t parts, std::uint64_t partBytes, Picoseconds now);

  /// When a doorbell or register access has arrived that is ready at `now`: they travel beside the data.
  Picoseconds beside(Picoseconds now) const { return m_clock.edgeAtOrAfter(now) + m_parameters.hop; }

  bool operator==(const DieTiming& other) const {
    return m_downFree == other.m_downFree && m_upFree == other.m_upFree && m_ramFree == other.m_ramFree;
  }

 private:
  Parameters m_parameters;
  Clock m_clock;
  Picoseconds m_downFree = 0;
  Picoseconds m_upFree = 0;
  Picoseconds m_ramFree = 0;
};

}  // namespace pim
