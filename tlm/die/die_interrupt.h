#pragma once

#include <functional>
#include <map>
#include <systemc>

#include "core/base/time.h"

namespace pim {

/// The interrupt of a die: its status at any time, and the level of its line, which may stay unbound.
///
/// When it is raised is known as soon as a command is posted, so accesses that are annotated with a delay see
/// and change the status of their own time.
class DieInterrupt : public sc_core::sc_module {
 public:
  using Line = sc_core::sc_port<sc_core::sc_signal_inout_if<bool>, 1, sc_core::SC_ZERO_OR_MORE_BOUND>;
  Line line;

  explicit DieInterrupt(const sc_core::sc_module_name& name);

  /// The status at a time that has not passed.
  bool raisedAt(Picoseconds time) const;
  /// Raises or clears it at a time that has not passed. Of two changes at the same time the later call
  /// counts.
  void changeAt(Picoseconds time, bool raised);
  /// Asked, when a raise is due, what the status is to be instead.
  void askWhenDue(std::function<bool()> status) { m_status = std::move(status); }

 private:
  /// The one process that drives the line.
  void drive();

  std::multimap<Picoseconds, bool> m_changes;  // and what it is from then on; no more than the last is over
  std::function<bool()> m_status;
  sc_core::sc_event_queue m_due;
};

}  // namespace pim
