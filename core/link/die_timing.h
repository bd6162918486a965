#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/base/time.h"
#include "core/observe/activity.h"

namespace pim {

/// Computes when transfers over a die's link begin and arrive. A transfer takes the time of the
/// slower of link and DieRAM port, plus one hop. Each direction of the link carries one transfer
/// at a time; with half duplex, both share one. The DieRAM port serves transfers in the order in
/// which they begin, not of the calls: a transfer that is requested later but begins earlier
/// does not wait for one that begins after it. A returned time never changes. The link takes one
/// request per cycle; of two that are ready at the same edge, the one called first goes first.
class DieTiming {
 public:
  struct Parameters {
    Bandwidth link;
    Bandwidth ram;  ///< DieRAM port
    bool fullDuplex = true;
    Picoseconds hop = 0;
    /// Bytes of a beat. Transfers begin on edges of the clock that moves a beat, and the part of
    /// each bank takes whole beats, as in the RTL. 1: bytes follow each other without a clock.
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

  /// The clock of the link's beats; without beats, every picosecond is an edge.
  const Clock& clock() const { return m_clock; }

  /// Time of link and DieRAM port for `parts` times `partBytes`, without the hop.
  Picoseconds timeFor(std::uint64_t parts, std::uint64_t partBytes) const;

  /// Schedules a transfer of `parts` times `partBytes` that is ready at `now`.
  Transfer transfer(LinkDirection direction, std::uint64_t parts, std::uint64_t partBytes, Picoseconds now);

  /// Returns the arrival of a doorbell or register access that is ready at `now`. It does not wait for data.
  Picoseconds beside(Picoseconds now) { return request(now) + m_parameters.hop; }

  /// Returns whether both give the same times to every access that is ready at `time` or later.
  bool sameFrom(Picoseconds time, const DieTiming& other) const;

 private:
  /// A transfer's use of the DieRAM port.
  struct Served {
    Picoseconds begin = 0;  ///< of the transfer
    Picoseconds end = 0;    ///< of its use

    bool operator==(const Served& other) const { return begin == other.begin && end == other.end; }
  };
  struct Direction {
    Picoseconds free = 0;
    /// The latest first. Keeps only the uses that a
    /// transfer of the other direction may still overlap.
    std::array<Served, 4> served{};

    bool operator==(const Direction& other) const { return free == other.free && served == other.served; }
    void serve(const Served& next);
    /// Removes uses that transfers from `time` on cannot overlap.
    void forgetBefore(Picoseconds time);
  };

  /// Returns the first edge at or after `now` at which the link accepts no other request.
  Picoseconds request(Picoseconds now);

  /// Bytes including the unused rest of the last beat of each part.
  std::uint64_t bytesOnLink(std::uint64_t parts, std::uint64_t partBytes) const;

  Parameters m_parameters;
  Clock m_clock;
  std::array<Direction, 2> m_directions;  // half duplex: the first only
  /// When the link took its last requests; the latest call first.
  static constexpr std::size_t kRequests = 16;
  std::array<Picoseconds, kRequests> m_requests;
};

}  // namespace pim
