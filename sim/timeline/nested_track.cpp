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
  m_writer.span(m_track, token, "token", m_leaves.front().begin, m_leaves.back().end);
  for (auto leaf = m_leaves.begin(); leaf != m_leaves.end();) {
    // Parents come before what they enclose: spans that begin together nest in the order of the file.
    const auto last =
        std::find_if(leaf, m_leaves.end(), [&](const Leaf& l) { return l.layer != leaf->layer; });
    if (leaf->layer != kNoLayer) {
      m_writer.span(m_track, fmt::format("layer {}", leaf->layer), "layer", leaf->begin, (last - 1)->end);
    }
    for (; leaf != last; ++leaf) m_writer.span(m_track, leaf->name, "operation", leaf->begin, leaf->end);
  }
  m_leaves.clear();
}

}  // namespace pim::sim
