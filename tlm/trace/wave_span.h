#pragma once

#include <cstdint>
#include <limits>

#include "abi/pim_abi.h"
#include "core/observe/critical_path.h"
#include "tlm/trace/wave_profile.h"

namespace pim {

/// Finds a window while the run proceeds. Marks and doorbells come in the order of time; the times of
/// commands are ahead of them.
class WaveSpan {
 public:
  explicit WaveSpan(const WaveWindow& window);

  void mark(std::uint32_t kind, std::uint32_t index, Picoseconds now);
  /// States that no event that is still to be reported begins before `now`, except those of idle banks.
  void doorbell(Picoseconds now);
  void command(const pim_command& command, const CommandRecord& record);
  /// Reports a mismatch; the first one counts.
  void mismatch(Picoseconds at);
  /// Ends the window early.
  void cut(Picoseconds at);
  /// Reports the end of the run.
  void finish(Picoseconds end);

  bool came() const { return m_came; }
  bool wasCut() const { return m_cut; }
  /// Returns whether the end of the window is final. Valid from its beginning on.
  bool sealed() const { return m_sealed; }
  Picoseconds from() const { return m_from; }
  Picoseconds to() const { return m_to; }

  /// Returns whether activity between these times, reported now, may fall into the window.
  bool touches(Picoseconds begin, Picoseconds end) const {
    return m_near && begin <= m_latest && end >= m_nearSince;
  }
  /// Nothing before this time falls into the window; valid while activity may fall into it.
  Picoseconds nearSince() const { return m_nearSince; }
  /// Returns the time before which events are not part of the window, if the firmware is at `now`.
  Picoseconds keepFrom(Picoseconds now) const;

 private:
  bool isPhase(std::uint32_t kind, std::uint32_t index) const;
  void seal(Picoseconds to);

  WaveWindow m_window;
  bool m_near = false;
  Picoseconds m_nearSince = 0;
  Picoseconds m_latest = std::numeric_limits<Picoseconds>::max();  // latest possible end
  bool m_came = false;
  bool m_sealed = false;
  bool m_cut = false;
  Picoseconds m_from = 0;
  Picoseconds m_to = 0;
};

}  // namespace pim
