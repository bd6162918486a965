#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sw/host/checkpoint/mapped_file.h"

namespace pim::host {

struct SafeTensor {
  std::string dtype;            ///< "F32", "F16", "BF16", "I32", ...
  std::vector<uint64_t> shape;  ///< slowest dimension first
  ByteSpan bytes;               ///< their number follows from dtype and shape
};

/// Reads the tensors of one safetensors file by name. The file has a 64-bit header length, a JSON header and
/// the data. Every tensor lies inside the file, and none overlap. UserError names file and tensor. `bytes`
/// must outlive the result.
std::map<std::string, SafeTensor> parseSafetensors(ByteSpan bytes, const std::string& source);

}  // namespace pim::host
