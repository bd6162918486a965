#pragma once

#include <string>
#include <vector>

#include "sim/timeline/trace_writer.h"

namespace pim::sim {

/// One track of nested spans: a token, its layers, and their work. Leaves arrive in the order of time. The
/// spans above them are written at the end of a token; only the leaves of one token are stored.
class NestedTrack {
 public:
  static constexpr int kNoLayer = -1;

  NestedTrack(TraceWriter& writer, Track track) : m_writer(writer), m_track(track) {}

  /// Adds a leaf of the token. It begins no sooner than the previous one ended. Leaves of a layer share its
  /// span; kNoLayer: directly under the token.
  void leaf(const std::string& name, int layer, Picoseconds begin, Picoseconds end);
  /// Writes the token that contains the leaves so far.
  void close(const std::string& token);

 private:
  struct Leaf {
    std::string name;
    int layer;
    Picoseconds begin, end;
  };

  TraceWriter& m_writer;
  Track m_track;
  std::vector<Leaf> m_leaves;
  Picoseconds m_end = 0;
};

}  // namespace pim::sim
