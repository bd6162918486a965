#pragma once

#include <vector>

#include "core/observe/activity.h"

namespace pim::cosim {

/// Divides the time of a run among the layers. A layer's time lasts from the last command of the previous
/// layer to its own last command, so that the times add up to the whole run. Work outside the layers has one
/// more entry.
class LayerTimes : public ActivityObserver {
 public:
  struct Part {
    Picoseconds total = 0;
    Picoseconds alus = 0;  ///< time for which the ALUs were busy; with that of links and banks, it explains a
                           ///< difference between runs
    Picoseconds links = 0;
    Picoseconds banks = 0;
  };

  explicit LayerTimes(std::uint32_t layers) : m_parts(layers + 1) {}

  /// Returns one entry per layer, then one for the rest.
  const std::vector<Part>& parts() const { return m_parts; }

  void onCommand(const pim_command& command, std::uint32_t sequence, const CommandRecord& record,
                 const Counters& counters) override;

 private:
  std::vector<Part> m_parts;
  Picoseconds m_end = 0;  // end of the commands so far
};

}  // namespace pim::cosim
