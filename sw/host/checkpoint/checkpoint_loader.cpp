#include <fmt/format.h>

#include <filesystem>

#include "core/base/error.h"
#include "sw/host/checkpoint/checkpoint.h"
#include "sw/host/checkpoint/gguf_checkpoint.h"
#include "sw/host/checkpoint/huggingface_checkpoint.h"
#include "sw/host/checkpoint/llama2c.h"

namespace pim::host {

Checkpoint loadCheckpoint(const std::string& path) {
  const std::string extension = std::filesystem::path(path).extension();
  if (isFolder(path) || extension == ".safetensors" || extension == ".json") {
    return huggingFaceCheckpoint(path);
  }
  auto file = std::make_shared<const MappedFile>(path);
  if (isGguf(file->bytes())) {
    return ggufCheckpoint(std::make_shared<const GgufFile>(std::move(file)));
  }
  if (extension == ".bin") return llama2cCheckpoint(std::move(file));
  throw UserError(
      fmt::format("{}: expected a GGUF file, a .safetensors file or folder, or a llama2.c .bin", path));
}

}  // namespace pim::host
