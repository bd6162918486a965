#pragma once

#include <cstdint>
#include <limits>

#include "abi/pim_abi.h"
#include "core/observe/critical_path.h"
#include "tlm/trace/wave_profile.h"

namespace pim {

/// Finds a window in a run as it goes on. Marks and doorbells come in the order of time; a command's times
/// lie ahead of them.
class WaveSpan {
 public:
  explicit WaveSpan(const WaveWindow& window);

  void mark(std::uint32_t kind, std::uint32_t index, Picoseconds now);
  /// Nothing that is still to be told, but of idle banks, begins before `now`.
  void doorbell(Picoseconds now);
  void command(const pim_command& command, const CommandRecord& record);
  /// Something differs from what it is checked against; the first time counts.
  void mismatch(Picoseconds at);
  /// The window goes no further than this, though it should.
  void cut(Picoseconds at);
  /// The run is over.
  void finish(Picoseconds end);

  bool came() const { return m_came; }
  bool wasCut() const { return m_cut; }
  /// Nothing that is still to be told moves its end. Valid from the moment it came.
  bool sealed() const { return m_sealed; }
  Picoseconds from() const { return m_from; }
  Picoseconds to() const { return m_to; }

  /// Whether what a unit did between these times, told now, may fall into it.
  bool touches(Picoseconds begin, Picoseconds end) const {
    return m_near && begin <= m_latest && end >= m_nearSince;
  }
  /// Nothing before this time falls into it; valid while something touches it.
  Picoseconds nearSince() const { return m_nearSince; }
  /// What happened before this time is not in it, if the firmware is at `now`.
  Picoseconds keepFrom(Picoseconds now) const;

 private:
  bool isPhase(std::uint32_t kind, std::uint32_t index) const;
  void seal(Picoseconds to);

  WaveWindow m_window;
  bool m_near = false;
  Picoseconds m_nearSince = 0;
  Picoseconds m_latest = std::numeric_limits<Picoseconds>::max();  // it ends no later
  bool m_came = false;
  bool m_sealed = false;
  bool m_cut = false;
  Picoseconds m_from = 0;
  Picoseconds m_to = 0;
};

}  // namespace pim
