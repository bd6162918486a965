#include <fmt/format.h>

#include <cstring>
#include <filesystem>

#include "sw/host/checkpoint.h"
#include "sw/host/gguf_checkpoint.h"
#include "tlm/core/error.h"

namespace pim::host {

Checkpoint loadCheckpoint(const std::string& path) {
  const std::string extension = std::filesystem::path(path).extension();
  auto file = std::make_shared<const MappedFile>(path);
  const ByteSpan bytes = file->bytes();
  if (bytes.size >= 4 && std::memcmp(bytes.data, "GGUF", 4) == 0) {
    return ggufCheckpoint(std::make_shared<const GgufFile>(std::move(file)));
  }
  throw UserError(
      fmt::format("{}: expected a GGUF file, a .safetensors file or folder, or a llama2.c .bin", path));
}

}  // namespace pim::host
