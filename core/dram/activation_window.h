#pragma once

#include <vector>

#include "core/dram/dram_timing.h"

namespace pim {

/// The activates of a die for the rules tRRD and tFAW: stores the cycles that are taken and finds the next
/// free one. Cycles may be taken in any order, because banks run ahead of each other.
class ActivationWindow {
 public:
  explicit ActivationWindow(const DramTiming& timing) : m_tRrd(timing.tRrd), m_tFaw(timing.tFaw) {}

  /// Returns the earliest cycle, not before `wanted`, at which another activate meets tRRD and tFAW with all
  /// activates that are taken, earlier and later ones.
  DramCycles earliest(DramCycles wanted) const;
  void take(DramCycles cycle);

  /// Forgets activates that cannot affect others from `now` on.
  void forgetBefore(DramCycles now);
  /// Returns whether both windows give the same answers for activates from `now` on.
  bool sameFrom(DramCycles now, const ActivationWindow& other) const;

 private:
  using Taken = std::vector<DramCycles>;
  DramCycles reach() const { return m_tRrd > m_tFaw ? m_tRrd : m_tFaw; }
  /// The first activate that can affect others from `now` on.
  Taken::const_iterator from(DramCycles now) const;

  DramCycles m_tRrd;
  DramCycles m_tFaw;
  Taken m_taken;  // in order of time
};

}  // namespace pim
