#pragma once

#include <map>
#include <string>

#include "core/observe/critical_path.h"
#include "sim/timeline/nested_track.h"
#include "sim/timeline/trace_writer.h"

namespace pim::sim {

/// Shows the work for each tile in flight: token > layer > operation, from the first moment at which a unit
/// works on the operation to the last. If the next operation begins before the previous one has ended, the
/// previous one is shown up to that time.
class ProgramTracks {
 public:
  ProgramTracks(TraceWriter& writer, std::uint32_t process) : m_writer(writer), m_process(process) {}

  /// Adds a command. Commands of a tile come in the order of posting; a new `token` ends the previous one.
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
