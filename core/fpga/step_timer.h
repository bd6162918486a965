#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/fpga/instruction_timing.h"
#include "core/fpga/token_schedule.h"

namespace pim::fpga {

/// The work of one unit.
struct UnitUse {
  std::uint64_t count = 0;  ///< instructions
  Femtoseconds busy = 0;
  double amount = 0;  ///< bytes, multiply-accumulates, elements or cycles: Instruction::amount
};

/// The result of a program.
struct StepUse {
  std::array<UnitUse, kUnits> units{};
  Femtoseconds time = 0;
  std::uint64_t instructionBytes = 0;
  std::uint64_t instructions = 0;

  UnitUse& of(Unit unit) { return units[static_cast<std::size_t>(unit)]; }
  const UnitUse& of(Unit unit) const { return units[static_cast<std::size_t>(unit)]; }
  /// Returns the unit that was busy for the longest time.
  Unit boundBy() const;
  StepUse& operator+=(const StepUse& other);
};

/// Runs a program instruction by instruction and adds up its time, without SystemC. A test compares the
/// machine of tlm/fpga with it.
class StepTimer {
 public:
  explicit StepTimer(const TimingParameters& parameters) : m_timing(parameters) {}

  void run(const std::vector<Instruction>& instructions);
  /// Returns the result. Throws a UserError if tokens remain that no instruction waits for.
  StepUse finish();

 private:
  InstructionTiming m_timing;
  TokenSchedule m_schedule;
  StepUse m_use;
};

}  // namespace pim::fpga
