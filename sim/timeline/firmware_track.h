#pragma once

#include <string>

#include "abi/pim_abi.h"
#include "sim/timeline/nested_track.h"
#include "sim/timeline/trace_writer.h"

namespace pim::sim {

/// Shows the work of the Controller's core: token > layer > the commands it posts, its sleep, and other work.
class FirmwareTrack {
 public:
  /// `accessTime`: the time of a write to a doorbell register.
  FirmwareTrack(TraceWriter& writer, Track track, Picoseconds accessTime)
      : m_track(writer, track), m_accessTime(accessTime) {}

  /// Ends a phase at `now`; `phase` is its name. `wanted`: the window contains its last part.
  void mark(const std::string& phase, bool wanted, Picoseconds now);
  void sleep(bool wanted, Picoseconds from, Picoseconds to);
  void doorbell(Picoseconds now);
  /// Adds a command of the latest doorbell. The first command gives the doorbell its name.
  void command(const pim_command& command, bool wanted);
  /// Time of the latest doorbell.
  Picoseconds rung() const { return m_rung; }

 private:
  void leaf(const std::string& name, bool wanted, Picoseconds end);

  NestedTrack m_track;
  Picoseconds m_accessTime;
  Picoseconds m_since = 0;  // end of the time that the track shows so far
  Picoseconds m_rung = 0;
  bool m_rang = false;  // a doorbell rang, and its first command has not arrived yet
  int m_layer = NestedTrack::kNoLayer;
};

}  // namespace pim::sim
