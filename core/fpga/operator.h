#pragma once

#include <cstdint>

namespace pim::fpga {

/// The operators into which FlightLLM's compiler divides a model. Operations on an operator's results are
/// fused to it: rotations to Query and Key, the softmax to Score, SiLU to Gate, the product to Up, the
/// residual to Output and Down.
enum class OperatorKind : std::uint8_t {
  Norm,
  Query,
  Key,
  Value,
  Concat,
  Score,
  Context,
  Output,
  Gate,
  Up,
  Down,
  Head
};
constexpr std::uint32_t kOperatorKinds = 12;
const char* operatorName(OperatorKind kind);

struct Operator {
  OperatorKind kind{};
  std::uint32_t layer{};  ///< after the last layer: the number of layers
  bool second = false;    ///< the norm before the MLP, otherwise that before attention
};

}  // namespace pim::fpga
