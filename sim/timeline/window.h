#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/time.h"

namespace pim::sim {

/// The part of a run that a timeline shows.
///
///     all                 the whole run
///     prefill, decode     all tiles of the prompt, all decode tokens
///     prefill=0           the first tile of the prompt
///     decode=3..7         these tokens, counted from 0
///     decode=0..127:16    every sixteenth of them
///     layer=4             of the selected tokens, this layer
///     time=1.2ms..1.5ms   of the selected tokens, commands that begin in this time
///
/// Separated by commas: several `prefill` and `decode` add up; `layer` and `time` restrict the selection.
class TimelineWindow {
 public:
  static constexpr const char* kDefault = "prefill=0,decode=0..1";

  /// UserError names `option` and the part of the text that is not a window.
  TimelineWindow(const std::string& option, const std::string& text);

  const std::string& text() const { return m_text; }

  bool hasPrefillTile(std::uint64_t tile) const { return m_everyToken || contains(m_prefill, tile); }
  bool hasDecodeToken(std::uint64_t token) const { return m_everyToken || contains(m_decode, token); }
  /// Returns whether the window shows work that belongs to no token, such as the set-up of a job.
  bool hasOther() const { return m_everyToken; }
  bool hasLayer(std::uint64_t layer) const { return m_layers.empty() || contains(m_layers, layer); }
  bool narrowsLayers() const { return !m_layers.empty(); }
  /// Returns whether the window shows nothing from the beginning of this decode token, at `now`, on.
  bool isOver(std::uint64_t token, Picoseconds now) const;
  bool hasTime(Picoseconds begin) const { return begin >= m_from && begin < m_to; }

 private:
  struct Range {
    std::uint64_t first, last, step;
  };
  static bool contains(const std::vector<Range>& ranges, std::uint64_t value);
  void read(const std::string& item);
  Range range(const std::string& text) const;
  Picoseconds time(const std::string& text) const;
  [[noreturn]] void refuse(const std::string& item) const;

  std::string m_option;
  std::string m_text;
  bool m_everyToken = true;
  std::vector<Range> m_prefill, m_decode, m_layers;
  Picoseconds m_from = 0;
  Picoseconds m_to = INT64_MAX;
};

}  // namespace pim::sim
