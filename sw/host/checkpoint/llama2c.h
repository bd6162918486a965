#pragma once

#include <memory>

#include "sw/host/checkpoint/checkpoint.h"
#include "sw/host/checkpoint/mapped_file.h"

namespace pim::host {

/// Reads llama2.c's legacy checkpoint: seven int32 (hidden, MLP, layers, heads, KV heads, vocabulary,
/// context; the vocabulary is negative when the head has its own table), then fp32 tensors in a fixed order.
/// RoPE base 10000, epsilon 1e-5, rotary pairs as neighbours. The format has no magic, so the size of the
/// file must equal exactly what the header implies.
Checkpoint llama2cCheckpoint(std::shared_ptr<const MappedFile> file);
/// Reads bytes that are not a file; they must outlive the checkpoint.
Checkpoint llama2cCheckpoint(ByteSpan bytes, const std::string& source);

}  // namespace pim::host
