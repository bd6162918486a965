#include "sim/cosim/layer_times.h"

#include <algorithm>

namespace pim::cosim {

void LayerTimes::onCommand(const pim_command& command, std::uint32_t, const CommandRecord& record,
                           const Counters&) {
  const bool inLayer = command.step >= PIM_STEP_QKV && command.step <= PIM_STEP_DOWN;
  Part& part = inLayer ? m_parts[command.layer % (m_parts.size() - 1)] : m_parts.back();
  if (record.done > m_end) {
    part.total += record.done - m_end;
    m_end = record.done;
  }
  const Picoseconds busy = record.done - record.start;
  switch (record.component) {
    case Component::BankWeights:
    case Component::BankKv:
      part.banks += busy;
      break;
    case Component::LinkWeights:
    case Component::LinkKv:
      part.links += busy;
      break;
    default:
      part.alus += busy;
  }
}

}  // namespace pim::cosim
