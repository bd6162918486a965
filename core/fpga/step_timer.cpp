#include "core/fpga/step_timer.h"

#include <algorithm>
#include <utility>

#include "core/base/error.h"

namespace pim::fpga {

Unit StepUse::boundBy() const {
  const auto most = std::max_element(units.begin(), units.end(),
                                     [](const UnitUse& a, const UnitUse& b) { return a.busy < b.busy; });
  return static_cast<Unit>(most - units.begin());
}

StepUse& StepUse::operator+=(const StepUse& other) {
  for (std::size_t i = 0; i < kUnits; ++i) {
    units[i].count += other.units[i].count;
    units[i].busy += other.units[i].busy;
    units[i].amount += other.units[i].amount;
  }
  time += other.time;
  instructionBytes += other.instructionBytes;
  instructions += other.instructions;
  return *this;
}

void StepTimer::run(const std::vector<Instruction>& instructions) {
  for (const Instruction& instruction : instructions) {
    const Femtoseconds duration = m_timing.duration(instruction);
    m_schedule.run(instruction, duration);
    UnitUse& use = m_use.of(instruction.unit);
    ++use.count;
    use.busy += duration;
    use.amount += instruction.amount;
    m_use.instructionBytes += fpga::instructionBytes(instruction.unit);
  }
  m_use.instructions += instructions.size();
}

StepUse StepTimer::finish() {
  if (m_schedule.pending() != 0) throw UserError("it leaves tokens that no instruction waits for");
  m_use.time = m_schedule.end();
  m_schedule.reset();
  return std::exchange(m_use, {});
}

}  // namespace pim::fpga
