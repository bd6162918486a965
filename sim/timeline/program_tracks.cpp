#include "sim/timeline/program_tracks.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/operations/command_names.h"
#include "sim/timeline/whereabouts.h"

namespace pim::sim {

void ProgramTracks::command(const pim_command& command, const std::string& token,
                            const CommandRecord& record) {
  Tile& tile = tileOf(command);
  const bool sameToken = tile.token == token;
  if (sameToken && tile.step == command.step && tile.layer == layerOf(command)) {
    tile.begin = std::min(tile.begin, record.start);
    tile.end = std::max(tile.end, record.done);
    return;
  }
  closeOperation(tile);
  if (!sameToken) tile.track.close(tile.token);
  tile.token = token;
  tile.step = command.step;
  tile.layer = layerOf(command);
  tile.begin = record.start;
  tile.end = record.done;
}

void ProgramTracks::finish() {
  for (auto& [number, tile] : m_tiles) {
    closeOperation(tile);
    tile.track.close(tile.token);
  }
}

void ProgramTracks::closeOperation(Tile& tile) {
  if (tile.token.empty()) return;  // no token yet
  const char* name = stepName(tile.step);
  tile.track.leaf(*name != '\0' ? name : "work", tile.layer, tile.begin, tile.end);
}

ProgramTracks::Tile& ProgramTracks::tileOf(const pim_command& command) {
  const auto found = m_tiles.find(command.tile);
  if (found != m_tiles.end()) return found->second;
  const Track track{m_process, command.tile + 1u};
  m_writer.nameTrack(track, fmt::format("tile {}", command.tile));
  return m_tiles.emplace(command.tile, Tile(NestedTrack(m_writer, track))).first->second;
}

}  // namespace pim::sim
