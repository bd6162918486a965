#pragma once

#include <cstdint>

namespace pim::fpga {

/// The operators of a model as FlightLLM's compiler cuts it. What runs on an operator's results as they come
/// is fused into it: rotations into Query and Key, the softmax into Score, SiLU into Gate, the product into
/// Up, the residual into Output and Down.
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
  std::uint32_t layer{};  ///< the number of layers: behind the last one
  bool second = false;    ///< the norm before the MLP, not the one before attention
};

}  // namespace pim::fpga
