#include "sim/timeline/function_track.h"

#include <algorithm>

namespace pim::sim {

void FunctionTrack::block(std::uint32_t pc, Picoseconds begin) {
  const riscv::CallStack::Step step = m_stack.block(pc);
  if (step.left == 0 && !step.entered) return;
  constexpr std::size_t kMostChanges = 1 << 18;  // of a core that neither posts nor sleeps
  if (m_changes.size() == kMostChanges) pass(m_shown, begin);
  m_changes.push_back({begin, step.left, step.entered, m_stack.functions().back()});
}

void FunctionTrack::pass(bool shown, Picoseconds until) {
  if (until <= m_since) return;
  applyUntil(m_since);
  if (shown != m_shown) {
    if (shown) {
      for (Frame& frame : m_frames) open(frame, m_since);
    } else {
      for (auto frame = m_frames.rbegin(); frame != m_frames.rend(); ++frame) close(*frame, m_since);
    }
  }
  m_shown = shown;
  applyUntil(until - 1);
  m_since = until;
}

void FunctionTrack::applyUntil(Picoseconds time) {
  for (; !m_changes.empty() && m_changes.front().time <= time; m_changes.pop_front()) {
    const Change& change = m_changes.front();
    for (std::size_t i = 0; i < change.left; ++i) {
      close(m_frames.back(), change.time);
      m_frames.pop_back();
    }
    if (!change.entered) continue;
    m_frames.push_back({change.function, false});
    if (m_shown) open(m_frames.back(), change.time);
  }
}

void FunctionTrack::open(Frame& frame, Picoseconds time) {
  frame.open = m_writer.open(m_track, riscv::functionName(frame.function), "function", time);
}

void FunctionTrack::close(Frame& frame, Picoseconds time) {
  if (frame.open) m_writer.close(m_track, riscv::functionName(frame.function), time);
  frame.open = false;
}

void FunctionTrack::finish(bool shown) {
  if (!m_changes.empty()) pass(shown, m_changes.back().time + 1);
  pass(false, m_since + 1);
}

}  // namespace pim::sim
