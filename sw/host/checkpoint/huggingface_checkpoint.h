#pragma once

#include <string>

#include "sw/host/checkpoint/checkpoint.h"
#include "sw/host/checkpoint/mapped_file.h"

namespace pim::host {

/// Reads a Hugging Face LLaMA or Mistral: a folder with config.json and either model.safetensors or
/// model.safetensors.index.json and its shards, or the path of one of those .safetensors or .json files.
/// Weights are F32, F16, BF16 or AWQ (quantization_config of config.json: 4 bits, group 32, 64 or 128,
/// version gemm). When rows of q and k are read, their rotary pairs are reordered from two halves to
/// neighbours. UserError names file and key.
Checkpoint huggingFaceCheckpoint(const std::string& path);

/// Reads the same from the bytes of config.json and of one safetensors file, which must outlive the
/// checkpoint.
Checkpoint huggingFaceCheckpoint(ByteSpan config, ByteSpan tensors, const std::string& source);

}  // namespace pim::host
