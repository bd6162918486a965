#pragma once

#include <optional>
#include <string>

#include "abi/pim_abi.h"
#include "sim/timeline/function_track.h"
#include "sim/timeline/nested_track.h"
#include "sim/timeline/trace_writer.h"

namespace pim::sim {

/// Shows the work of the Controller's core: token > layer > the commands it posts, its sleep, and other work.
/// If the core runs a program, the next track shows its functions.
class FirmwareTrack {
 public:
  /// `accessTime`: the time of a write to a doorbell register. `program`: null if the core runs host code.
  FirmwareTrack(TraceWriter& writer, Track track, Picoseconds accessTime, const riscv::ElfImage* program)
      : m_track(writer, track), m_accessTime(accessTime) {
    if (program != nullptr) m_functions.emplace(writer, Track{track.process, track.thread + 1}, *program);
  }

  /// Ends a phase at `now`; `phase` is its name. `wanted`: the window contains its last part.
  void mark(const std::string& phase, bool wanted, Picoseconds now);
  void sleep(bool wanted, Picoseconds from, Picoseconds to);
  void doorbell(Picoseconds now);
  /// Adds a command of the latest doorbell. The first command gives the doorbell its name.
  void command(const pim_command& command, bool wanted);
  /// Adds a block of instructions of the program.
  void block(std::uint32_t pc, Picoseconds begin) { m_functions->block(pc, begin); }
  /// Ends the tracks after the simulation. `wanted`: the window contains the last part.
  void finish(bool wanted) {
    if (m_functions) m_functions->finish(wanted);
  }
  /// Time of the latest doorbell.
  Picoseconds rung() const { return m_rung; }

 private:
  void leaf(const std::string& name, bool wanted, Picoseconds end, bool awake = true);

  NestedTrack m_track;
  std::optional<FunctionTrack> m_functions;
  Picoseconds m_accessTime;
  Picoseconds m_since = 0;  // end of the time that the track shows so far
  Picoseconds m_rung = 0;
  bool m_rang = false;  // a doorbell rang, and its first command has not arrived yet
  int m_layer = NestedTrack::kNoLayer;
};

}  // namespace pim::sim
