#pragma once

#include <vector>

#include "core/observe/activity.h"

namespace pim::cosim {

/// Time of a run by layer: what passed between the last command of one layer and the last of the next, which
/// adds up to the whole. What belongs to no layer is one more.
class LayerTimes : public ActivityObserver {
 public:
  struct Part {
    Picoseconds total = 0;
    Picoseconds alus = 0;  ///< busy, with links and banks: what a difference comes from
    Picoseconds links = 0;
    Picoseconds banks = 0;
  };

  explicit LayerTimes(std::uint32_t layers) : m_parts(layers + 1) {}

  /// One a layer, and the rest.
  const std::vector<Part>& parts() const { return m_parts; }

  void onCommand(const pim_command& command, std::uint32_t sequence, const CommandRecord& record,
                 const Counters& counters) override;

 private:
  std::vector<Part> m_parts;
  Picoseconds m_end = 0;  // of all commands so far
};

}  // namespace pim::cosim
