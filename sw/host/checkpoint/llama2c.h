#pragma once

#include <memory>

#include "sw/host/checkpoint/checkpoint.h"
#include "sw/host/checkpoint/mapped_file.h"

namespace pim::host {

/// llama2.c's legacy checkpoint: seven int32 (hidden, MLP, layers, heads, KV heads, vocabulary, negative when
/// the head is a table of its own, context), then fp32 tensors in a fixed order. RoPE base 10000, epsilon
/// 1e-5, neighbouring rotary pairs. The format has no magic, so the size of the file must fit the header to
/// the byte.
Checkpoint llama2cCheckpoint(std::shared_ptr<const MappedFile> file);
/// For bytes that are not a file; they must outlive the checkpoint.
Checkpoint llama2cCheckpoint(ByteSpan bytes, const std::string& source);

}  // namespace pim::host
