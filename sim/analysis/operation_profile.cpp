#include "sim/analysis/operation_profile.h"

#include <numeric>

#include "core/operations/alu_operation.h"
#include "core/operations/bank_operation.h"

namespace pim::sim {
namespace {

std::uint64_t sum(const Counters::PerStream& streams) {
  return std::accumulate(streams.begin(), streams.end(), std::uint64_t{0});
}

Unit unitOf(std::uint8_t opcode) {
  if (isAluOpcode(opcode)) return Unit::Alu;
  return isBankOpcode(opcode) ? Unit::Bank : Unit::Link;
}

}  // namespace

const char* unitName(Unit unit) {
  return unit == Unit::Bank ? "banks" : unit == Unit::Link ? "links" : "ALUs";
}

void OperationProfile::onCommand(const pim_command& command, std::uint32_t, const CommandRecord& record,
                                 const Counters& counters) {
  OperationSums now;
  now.bankBytes = sum(counters.bankBytes);
  now.linkBytes = sum(counters.linkInBytes) + sum(counters.linkOutBytes);
  now.controllerBytes = sum(counters.controllerBytes);
  now.macOperations = counters.macOperations;
  if (command.opcode != PIM_OP_NOP) {
    OperationSums& sums = m_sums[{m_phase, command.step, unitOf(command.opcode)}];
    ++sums.commands;
    sums.busy += record.done - record.start;
    sums.bankBytes += now.bankBytes - m_before.bankBytes;
    sums.linkBytes += now.linkBytes - m_before.linkBytes;
    sums.controllerBytes += now.controllerBytes - m_before.controllerBytes;
    sums.macOperations += now.macOperations - m_before.macOperations;
  }
  m_before = now;
}

}  // namespace pim::sim
