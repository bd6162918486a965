#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "core/riscv/call_stack.h"
#include "sim/timeline/trace_writer.h"

namespace pim::sim {

/// Shows in which functions of its program the Controller's core is: a span for each call, within that of its
/// caller. Spans end where the core falls asleep and begin again where it wakes, so that their durations are
/// the time for which it worked. Whether the window contains a stretch of time is known only behind it; calls
/// and returns wait for that.
class FunctionTrack {
 public:
  /// The program outlives the track.
  FunctionTrack(TraceWriter& writer, Track track, const riscv::ElfImage& program)
      : m_writer(writer), m_track(track), m_stack(program) {}

  /// The core begins to run the instructions at `pc`. Calls come in the order of time.
  void block(std::uint32_t pc, Picoseconds begin);
  /// Shows the time from the end of the previous stretch to `until`, or leaves it out.
  void pass(bool shown, Picoseconds until);
  /// Shows or leaves out what is behind the last stretch, and ends all spans.
  void finish(bool shown);

 private:
  /// A call (of a function or, with null, of code outside of all), or the return from so many.
  struct Change {
    Picoseconds time;
    std::size_t left;
    bool entered;
    const riscv::ElfFunction* function;
  };
  /// A function that runs at the end of the last stretch.
  struct Frame {
    const riscv::ElfFunction* function;
    bool open;  ///< a span is
  };
  void applyUntil(Picoseconds time);
  void open(Frame& frame, Picoseconds time);
  void close(Frame& frame, Picoseconds time);

  TraceWriter& m_writer;
  Track m_track;
  riscv::CallStack m_stack;      // at the latest block
  std::deque<Change> m_changes;  // from the end of the last stretch up to the latest block
  std::vector<Frame> m_frames;
  bool m_shown = false;  // the last stretch is
  Picoseconds m_since = 0;
};

}  // namespace pim::sim
