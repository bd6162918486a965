#pragma once

#include <map>
#include <string>

#include "core/observe/critical_path.h"
#include "sim/timeline/nested_track.h"
#include "sim/timeline/trace_writer.h"

namespace pim::sim {

/// What the chip does for each of the tiles in flight: token > layer > operation, from the first moment a
/// unit works on it to the last. Where the next operation begins before the last has ended, it is shown from
/// there.
class ProgramTracks {
 public:
  ProgramTracks(TraceWriter& writer, std::uint32_t process) : m_writer(writer), m_process(process) {}

  /// Commands of a tile come in the order of posting; a new `token` ends the one before.
  void command(const pim_command& command, const std::string& token, const CommandRecord& record);
  void finish();

 private:
  struct Tile {
    explicit Tile(NestedTrack row) : track(std::move(row)) {}
    NestedTrack track;
    std::string token;
    std::uint8_t step = 0;
    int layer = NestedTrack::kNoLayer;
    Picoseconds begin = 0, end = 0;  ///< of the operation so far
  };
  static void closeOperation(Tile& tile);
  Tile& tileOf(const pim_command& command);

  TraceWriter& m_writer;
  std::uint32_t m_process;
  std::map<std::uint8_t, Tile> m_tiles;
};

}  // namespace pim::sim
