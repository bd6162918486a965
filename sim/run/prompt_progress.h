#pragma once

#include <cstdint>
#include <optional>

#include "core/observe/activity.h"
#include "sim/cli/progress.h"

namespace pim::sim {

/// Reports on stderr how many tokens of a prompt the chip has completed: the rows embedded before those that
/// are passing through the layers.
class PromptProgress : public ActivityObserver {
 public:
  PromptProgress(bool forced, std::uint64_t tokens) { m_progress.emplace(forced, "prompt token", tokens); }

  /// Call this before others write to the line.
  void finish() { m_progress.reset(); }

  void onDispatch(const pim_command& command, std::uint32_t) override {
    if (command.opcode != PIM_OP_EMBED || !m_progress) return;
    m_progress->step(m_onTheirWay);
    m_onTheirWay = command.body.alu.rows;
  }

 private:
  std::optional<Progress> m_progress;
  std::uint64_t m_onTheirWay = 0;
};

}  // namespace pim::sim
