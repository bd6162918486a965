#pragma once

#include <memory>

#include "sw/host/checkpoint/checkpoint.h"
#include "sw/host/checkpoint/gguf.h"

namespace pim::host {

/// The checkpoint in a GGUF file of architecture "llama" (LLaMA 1-3, Mistral, TinyLlama, ...): rotary pairs
/// are neighbours already. UserError for other architectures, experts, biases and missing or misshapen
/// tensors.
Checkpoint ggufCheckpoint(std::shared_ptr<const GgufFile> file);

}  // namespace pim::host
