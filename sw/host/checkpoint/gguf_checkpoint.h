#pragma once

#include <memory>

#include "sw/host/checkpoint/checkpoint.h"
#include "sw/host/checkpoint/gguf.h"

namespace pim::host {

/// Reads the checkpoint in a GGUF file of architecture "llama" (LLaMA 1-3, Mistral, TinyLlama, ...), in which
/// the elements of a rotary pair are already neighbours. UserError for other architectures, experts, biases
/// and tensors that are missing or have a wrong shape.
Checkpoint ggufCheckpoint(std::shared_ptr<const GgufFile> file);

}  // namespace pim::host
