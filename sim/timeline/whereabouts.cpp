#include "sim/timeline/whereabouts.h"

#include <fmt/format.h>

namespace pim::sim {

void Whereabouts::mark(std::uint32_t kind, std::uint32_t index) {
  m_phase = kind;
  m_index = index;
  m_tiles.clear();
  if (kind == PIM_MARK_DECODE) ++m_decodeTokens;
}

void Whereabouts::dispatch(const pim_command& command) {
  Tile& tile = m_tiles[command.tile];
  if (m_phase == PIM_MARK_PREFILL && command.step == PIM_STEP_EMBED && tile.step != command.step) {
    tile.number = m_prefillTiles++;
  }
  tile.step = command.step;
  m_tile = tile.number;
}

std::string Whereabouts::token() const {
  return m_phase == PIM_MARK_PREFILL ? fmt::format("prefill tile {}", m_tile) : phase();
}

std::string Whereabouts::phase() const {
  if (m_phase == PIM_MARK_PREFILL) return "prefill";
  return m_phase == PIM_MARK_DECODE ? fmt::format("decode token {}", m_index) : "job";
}

bool Whereabouts::wants(const TimelineWindow& window, const pim_command& command) const {
  const int layer = layerOf(command);
  if (layer < 0 ? window.narrowsLayers() : !window.hasLayer(static_cast<std::uint64_t>(layer))) return false;
  if (m_phase == PIM_MARK_PREFILL) return window.hasPrefillTile(m_tile);
  return m_phase == PIM_MARK_DECODE ? window.hasDecodeToken(m_index) : window.hasOther();
}

std::string Whereabouts::soFar() const {
  std::string text;
  if (m_prefillTiles > 0) text = fmt::format("prefill tiles 0..{}", m_prefillTiles - 1);
  if (m_prefillTiles > 0 && m_decodeTokens > 0) text += ", ";
  if (m_decodeTokens > 0) text += fmt::format("decode tokens 0..{}", m_decodeTokens - 1);
  return text;
}

}  // namespace pim::sim
