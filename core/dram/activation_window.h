#pragma once

#include <vector>

#include "core/dram/dram_timing.h"

namespace pim {

/// The activates of a die as tRRD and tFAW see them: which cycles are taken, and which one is the next that
/// may be. Cycles are taken in any order, since banks run ahead of each other.
class ActivationWindow {
 public:
  explicit ActivationWindow(const DramTiming& timing) : m_tRrd(timing.tRrd), m_tFaw(timing.tFaw) {}

  /// Returns the earliest cycle, not before `wanted`, at which one more activate keeps tRRD and tFAW to all
  /// that are taken, earlier and later ones.
  DramCycles earliest(DramCycles wanted) const;
  void take(DramCycles cycle);

  /// Forgets what cannot matter to activates from `now` on.
  void forgetBefore(DramCycles now);
  /// Whether activates from `now` on find the same here and there.
  bool sameFrom(DramCycles now, const ActivationWindow& other) const;

 private:
  using Taken = std::vector<DramCycles>;
  DramCycles reach() const { return m_tRrd > m_tFaw ? m_tRrd : m_tFaw; }
  /// The first one that matters to activates from `now` on.
  Taken::const_iterator from(DramCycles now) const;

  DramCycles m_tRrd;
  DramCycles m_tFaw;
  Taken m_taken;  // in order of time
};

}  // namespace pim
