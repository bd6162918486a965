#pragma once

#include <string>

#include "abi/pim_abi.h"
#include "sim/timeline/nested_track.h"
#include "sim/timeline/trace_writer.h"

namespace pim::sim {

/// What the Controller's core does: token > layer > the commands it posts, its sleep, and what it does
/// besides.
class FirmwareTrack {
 public:
  /// `accessTime`: what writing a doorbell takes.
  FirmwareTrack(TraceWriter& writer, Track track, Picoseconds accessTime)
      : m_track(writer, track), m_accessTime(accessTime) {}

  /// A phase ends at `now`, with `phase` as its name; `wanted`: what it ended with is in the window.
  void mark(const std::string& phase, bool wanted, Picoseconds now);
  void sleep(bool wanted, Picoseconds from, Picoseconds to);
  void doorbell(Picoseconds now);
  /// A command of the latest doorbell; the first says what the doorbell was for.
  void command(const pim_command& command, bool wanted);
  /// When the latest doorbell rang.
  Picoseconds rung() const { return m_rung; }

 private:
  void leaf(const std::string& name, bool wanted, Picoseconds end);

  NestedTrack m_track;
  Picoseconds m_accessTime;
  Picoseconds m_since = 0;  // until then everything is told
  Picoseconds m_rung = 0;
  bool m_rang = false;  // and its first command has not come yet
  int m_layer = NestedTrack::kNoLayer;
};

}  // namespace pim::sim
