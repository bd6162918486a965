#include "sim/run/machine_step.h"

#include <algorithm>
#include <stdexcept>

#include "sim/run/machine_memory.h"

namespace pim::sim {

StepResult& StepResult::operator+=(const StepResult& other) {
  seconds += other.seconds;
  memoryBytes += other.memoryBytes;
  for (const StepUnit& unit : other.units) {
    const auto own =
        std::find_if(units.begin(), units.end(), [&](const StepUnit& u) { return u.name == unit.name; });
    if (own == units.end()) {
      units.push_back(unit);
      continue;
    }
    own->count += unit.count;
    own->busySeconds += unit.busySeconds;
  }
  const auto most = std::max_element(units.begin(), units.end(), [](const StepUnit& a, const StepUnit& b) {
    return a.busySeconds < b.busySeconds;
  });
  boundBy = most == units.end() ? "" : most->name;
  return *this;
}

std::vector<StepResult> simulateSteps(const ModelShape& shape, const platform::Config& config,
                                      const std::vector<Step>& steps) {
  std::uint32_t longest = 0;
  for (const Step& step : steps) longest = std::max(longest, step.tokens);
  requireMemory(shape, config, longest);
  switch (config.machine) {
    case platform::MachineKind::kFpga:
      return fpgaSteps(shape, config, steps);
    case platform::MachineKind::kPhone:
      return phoneSteps(shape, config, steps);
    case platform::MachineKind::kPim:
      break;
  }
  if (steps.size() != 1) throw std::logic_error("the chip simulates one step per process");
  return {pimStep(shape, config, steps.front())};
}

}  // namespace pim::sim
