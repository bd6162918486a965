#include "core/fpga/instruction.h"

namespace pim::fpga {

const char* unitName(Unit unit) {
  static constexpr std::array<const char*, kUnits> kNames{"LD", "ST", "MM", "MV", "MISC", "SYS"};
  return kNames.at(static_cast<std::size_t>(unit));
}

const char* routeName(Route route) {
  static constexpr std::array<const char*, kRoutes> kNames{"one", "all", "cross", "zero"};
  return kNames.at(static_cast<std::size_t>(route));
}

const char* miscOperationName(MiscOperation operation) {
  static constexpr std::array<const char*, kMiscOperations> kNames{"eltwise", "softmax", "norm", "silu"};
  return kNames.at(static_cast<std::size_t>(operation));
}

bool sameButForData(const Instruction& a, const Instruction& b) {
  return a.unit == b.unit && a.waits == b.waits && a.releases == b.releases && a.route == b.route &&
         a.operation == b.operation && a.amount == b.amount;
}

}  // namespace pim::fpga
