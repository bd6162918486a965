#pragma once

#include <cstdint>
#include <string_view>

namespace pim::host {

/// The storage format of a tensor's elements. The names are those of GGUF and safetensors. Awq4 and Sparse24
/// consist of several tensors (see AwqTensors, Sparse24Tensors), every other format is one sequence of
/// blocks.
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
  uint32_t blockElements;  ///< per block; a row is a whole number of blocks
  uint32_t blockBytes;
};

/// Returns the format of a type stored in blocks: every type but Awq4 and Sparse24 (std::logic_error for
/// those).
const TensorFormat& tensorFormat(TensorType type);

/// Converts `elements` (a whole number of blocks) stored at `blocks` to floats. F32, F16 and BF16 are exact;
/// quantised formats multiply in float as GGML's reference does.
void dequantize(TensorType type, const uint8_t* blocks, uint64_t elements, float* out);

}  // namespace pim::host
