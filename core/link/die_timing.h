#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/base/time.h"
#include "core/observe/activity.h"

namespace pim {

/// When transfers over a die's link begin and arrive. A transfer streams through DieRAM: it takes the slower
/// of link and DieRAM port, plus one hop. Each direction takes one transfer after another (in half duplex
/// both together do); the DieRAM port serves transfers in the order in which they begin. That is not the
/// order of the calls: a transfer that is asked for late but begins early does not wait for one that begins
/// after it, which for its part keeps the time it was told. Whatever the link carries, it takes one request a
/// cycle: of two that are ready with the same edge, that of the earlier call goes first.
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

  /// Of the link's beats; without beats every picosecond is an edge.
  const Clock& clock() const { return m_clock; }

  /// What the link and the DieRAM port take for `parts` times `partBytes`, the hop left out.
  Picoseconds timeFor(std::uint64_t parts, std::uint64_t partBytes) const;

  /// A transfer of `parts` times `partBytes` that is ready to begin at `now`.
  Transfer transfer(LinkDirection direction, std::uint64_t parts, std::uint64_t partBytes, Picoseconds now);

  /// When a doorbell or register access has arrived that is ready at `now`: they travel beside the data.
  Picoseconds beside(Picoseconds now) { return request(now) + m_parameters.hop; }

  /// Whether no access that is ready at `time` or later could tell the two apart.
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
    /// The latest first. Of those whom a transfer of the other direction might still meet there are no more
    /// than commands run ahead of time.
    std::array<Served, 4> served{};

    bool operator==(const Direction& other) const { return free == other.free && served == other.served; }
    void serve(const Served& next);
    /// What begins from `time` on does not meet these any more.
    void forgetBefore(Picoseconds time);
  };

  /// The first edge at or after `now` with which the link takes no other request.
  Picoseconds request(Picoseconds now);

  /// With the rest of each part's last beat.
  std::uint64_t bytesOnLink(std::uint64_t parts, std::uint64_t partBytes) const;

  Parameters m_parameters;
  Clock m_clock;
  std::array<Direction, 2> m_directions;  // half duplex: the first only
  /// When the link took requests; the latest call first. Further back no other meets them.
  static constexpr std::size_t kRequests = 16;
  std::array<Picoseconds, kRequests> m_requests;
};

}  // namespace pim
