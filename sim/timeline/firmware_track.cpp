#include "sim/timeline/firmware_track.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/operations/command_names.h"
#include "sim/timeline/whereabouts.h"

namespace pim::sim {

void FirmwareTrack::mark(const std::string& phase, bool wanted, Picoseconds now) {
  leaf("run", wanted, now);
  m_track.close(phase);
  m_layer = NestedTrack::kNoLayer;
}

void FirmwareTrack::sleep(bool wanted, Picoseconds from, Picoseconds to) {
  leaf("run", wanted, from);
  leaf("sleep", wanted, to, false);
}

void FirmwareTrack::doorbell(Picoseconds now) {
  m_rung = now;
  m_rang = true;
}

void FirmwareTrack::command(const pim_command& command, bool wanted) {
  if (!m_rang) return;
  m_rang = false;
  m_layer = layerOf(command);
  leaf(fmt::format("post {}", stepName(command.step)), wanted, m_rung + m_accessTime);
}

void FirmwareTrack::leaf(const std::string& name, bool wanted, Picoseconds end, bool awake) {
  if (m_functions) m_functions->pass(wanted && awake, end);
  if (wanted && end > m_since) m_track.leaf(name, m_layer, m_since, end);
  m_since = std::max(m_since, end);
}

}  // namespace pim::sim
