#include "core/fpga/operator.h"

#include <array>

namespace pim::fpga {

const char* operatorName(OperatorKind kind) {
  static constexpr std::array<const char*, kOperatorKinds> kNames{
      "norm", "q", "k", "v", "concat", "scores", "context", "o", "gate", "up", "down", "head"};
  return kNames.at(static_cast<std::size_t>(kind));
}

}  // namespace pim::fpga
