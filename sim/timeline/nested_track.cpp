#include "sim/timeline/nested_track.h"

#include <fmt/format.h>

#include <algorithm>

namespace pim::sim {

void NestedTrack::leaf(const std::string& name, int layer, Picoseconds begin, Picoseconds end) {
  const Picoseconds from = std::max(begin, m_end);
  m_end = std::max(from, end);
  m_leaves.push_back({name, layer, from, m_end});
}

void NestedTrack::close(const std::string& token) {
  if (m_leaves.empty()) return;
  const bool opened = m_writer.open(m_track, token, "token", m_leaves.front().begin);
  for (auto leaf = m_leaves.begin(); leaf != m_leaves.end();) {
    const auto last =
        std::find_if(leaf, m_leaves.end(), [&](const Leaf& l) { return l.layer != leaf->layer; });
    const std::string layer = fmt::format("layer {}", leaf->layer);
    const bool layered = leaf->layer != kNoLayer && m_writer.open(m_track, layer, "layer", leaf->begin);
    for (; leaf != last; ++leaf) m_writer.span(m_track, leaf->name, "operation", leaf->begin, leaf->end);
    if (layered) m_writer.close(m_track, layer, (last - 1)->end);
  }
  if (opened) m_writer.close(m_track, token, m_leaves.back().end);
  m_leaves.clear();
}

}  // namespace pim::sim
