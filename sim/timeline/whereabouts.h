#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "abi/pim_abi.h"
#include "sim/timeline/window.h"

namespace pim::sim {

/// Returns the layer of a command; -1 if it belongs to no layer.
inline int layerOf(const pim_command& command) {
  return command.step >= PIM_STEP_QKV && command.step <= PIM_STEP_DOWN ? command.layer : -1;
}

/// Follows the firmware's marks and labels to determine the token of the run to which a command belongs.
class Whereabouts {
 public:
  void mark(std::uint32_t kind, std::uint32_t index);
  /// Adds a command; commands come in the order of posting.
  void dispatch(const pim_command& command);

  /// Returns the token of the latest command: "decode token 3", "prefill tile 0".
  std::string token() const;
  /// Returns the current phase of the firmware: "decode token 3", "prefill".
  std::string phase() const;
  bool wants(const TimelineWindow& window, const pim_command& command) const;
  /// Returns the tokens so far: "prefill tiles 0..3, decode tokens 0..126".
  std::string soFar() const;

 private:
  struct Tile {
    std::uint8_t step = PIM_STEP_NONE;
    std::uint64_t number = 0;  ///< of the tile in the prompt
  };

  std::uint32_t m_phase = 0;  // enum pim_mark; 0 before the first
  std::uint32_t m_index = 0;
  std::uint64_t m_prefillTiles = 0;
  std::uint64_t m_decodeTokens = 0;
  std::map<std::uint8_t, Tile> m_tiles;
  std::uint64_t m_tile = 0;
};

}  // namespace pim::sim
