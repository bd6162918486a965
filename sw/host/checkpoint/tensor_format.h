#pragma once

#include <cstdint>
#include <string_view>

namespace pim::host {

/// How the elements of a stored tensor are written. The names are those of GGUF and safetensors; Awq4 and
/// Sparse24 are several tensors (see AwqTensors, Sparse24Tensors), all others are one run of blocks.
enum class TensorType {
  F32,
  F16,
  BF16,
  Q4_0,
  Q4_1,
  Q5_0,
  Q5_1,
  Q8_0,
  Q2K,
  Q3K,
  Q4K,
  Q5K,
  Q6K,
  Awq4,
  Sparse24
};

struct TensorFormat {
  std::string_view name;
  uint32_t blockElements;  ///< elements of a block; a row is a whole number of blocks
  uint32_t blockBytes;
};

/// The format of a type stored in blocks (every type but Awq4 and Sparse24; std::logic_error for those).
const TensorFormat& tensorFormat(TensorType type);

/// Expands `elements` (a whole number of blocks) stored at `blocks` to floats. Exact for F32, F16 and BF16;
/// the quantised formats multiply as GGML's reference does, in float.
void dequantize(TensorType type, const uint8_t* blocks, uint64_t elements, float* out);

}  // namespace pim::host
