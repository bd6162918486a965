#pragma once

#include <string>

#include "sw/host/checkpoint/checkpoint.h"
#include "sw/host/checkpoint/mapped_file.h"

namespace pim::host {

/// A Hugging Face LLaMA or Mistral: a folder with config.json and model.safetensors or
/// model.safetensors.index.json and its shards, or the path of one of those .safetensors or .json files.
/// Weights F32, F16, BF16, or in AWQ form (quantization_config of config.json: 4 bits, group 32, 64 or 128,
/// version gemm). Rows of q and k are reordered from half-split to neighbouring rotary pairs when read.
/// UserError names file and key.
Checkpoint huggingFaceCheckpoint(const std::string& path);

/// The same from the bytes of config.json and of one safetensors file, which must outlive the checkpoint.
Checkpoint huggingFaceCheckpoint(ByteSpan config, ByteSpan tensors, const std::string& source);

}  // namespace pim::host
