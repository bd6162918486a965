#pragma once

#include "core/base/time.h"
#include "core/dram/dram_command.h"
#include "core/dram/dram_timing.h"
#include "tlm/trace/wave_leaf.h"

namespace pim {

/// Converts the DRAM commands of a bank, or of banks in lock step, to changes of its signals. `set` is called
/// as set(WaveLeaf, Picoseconds, std::uint64_t value).
class WaveDramRows {
 public:
  /// `timing` must outlive the object. `strobes`: also show Column, which takes one or two changes per
  /// column.
  WaveDramRows(const DramTiming& timing, bool strobes) : m_timing(&timing), m_strobes(strobes) {}

  /// Returns the signal that shows an open row.
  WaveLeaf leafOf(std::uint32_t row) const {
    const bool other = (row & (m_timing->organisation.rowBuffers - 1)) != 0;
    return other ? WaveLeaf::OtherOpenRow : WaveLeaf::OpenRow;
  }

  /// `interval`: cycles of a column that is alone.
  template <typename Set>
  void command(const DramCommand& command, DramCycles interval, Set set);
  template <typename Set>
  void columns(const DramCommand& first, std::int64_t count, DramCycles interval, Set set);
  /// Ends a run of columns without gaps.
  template <typename Set>
  void endColumns(Set set);

 private:
  Picoseconds at(DramCycles cycle) const { return cycle * m_timing->tCkPs; }
  /// Sets a signal for one cycle.
  template <typename Set>
  void strobe(WaveLeaf leaf, DramCycles cycle, std::uint64_t value, Set set) {
    set(leaf, at(cycle), value);
    set(leaf, at(cycle + 1), 0);
  }

  const DramTiming* m_timing;
  bool m_strobes;
  Picoseconds m_burstEnd = -1;  // end of the current run of columns without gaps; negative: none
};

template <typename Set>
void WaveDramRows::command(const DramCommand& command, DramCycles interval, Set set) {
  switch (command.kind) {
    case DramCommandKind::Activate:
      set(leafOf(command.row), at(command.cycle), command.row);
      strobe(WaveLeaf::Activate, command.cycle, 1, set);
      break;
    case DramCommandKind::Precharge:
      set(leafOf(command.row), at(command.cycle), kNoOpenRow);
      strobe(WaveLeaf::Precharge, command.cycle, 1, set);
      break;
    case DramCommandKind::Refresh: {
      const bool perBank = m_timing->refresh == DramRefresh::PerBank;
      set(WaveLeaf::Refresh, at(command.cycle), 1);
      set(WaveLeaf::Refresh, at(command.cycle + (perBank ? m_timing->tRfcPb : m_timing->tRfc)), 0);
      break;
    }
    case DramCommandKind::Read:
    case DramCommandKind::Mac:
    case DramCommandKind::Write:
      columns(command, 1, interval, set);
      break;
  }
}

template <typename Set>
void WaveDramRows::columns(const DramCommand& first, std::int64_t count, DramCycles interval, Set set) {
  if (at(first.cycle) > m_burstEnd) {
    endColumns(set);
    set(WaveLeaf::Columns, at(first.cycle), 1);
  }
  m_burstEnd = at(first.cycle + count * interval);
  if (!m_strobes) return;
  const std::uint64_t kind = first.kind == DramCommandKind::Read  ? 1
                             : first.kind == DramCommandKind::Mac ? 2
                                                                  : 3;
  for (std::int64_t i = 0; i < count; ++i) strobe(WaveLeaf::Column, first.cycle + i * interval, kind, set);
}

template <typename Set>
void WaveDramRows::endColumns(Set set) {
  if (m_burstEnd >= 0) set(WaveLeaf::Columns, m_burstEnd, 0);
  m_burstEnd = -1;
}

}  // namespace pim
