#include <fmt/format.h>

#include <filesystem>

#include "core/base/error.h"
#include "sw/host/checkpoint/byte_reader.h"
#include "sw/host/checkpoint/checkpoint.h"
#include "sw/host/checkpoint/gguf_checkpoint.h"
#include "sw/host/checkpoint/gguf_parts.h"
#include "sw/host/checkpoint/huggingface_checkpoint.h"
#include "sw/host/checkpoint/llama2c.h"

namespace pim::host {

namespace {

/// Recognises formats that users often try and that this program does not read, by their first bytes.
void refuseOtherFormats(ByteSpan bytes, const std::string& path) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data), bytes.size);
  const auto begins = [&](std::string_view magic) { return text.substr(0, magic.size()) == magic; };
  const auto refuse = [&](std::string_view expected, std::string_view what) {
    throw UserError(fmt::format("{}: expected {}, found {}", path, expected, what));
  };
  constexpr std::string_view kExpected = "GGUF, safetensors or a llama2.c checkpoint";
  if (begins("24ka") && bytes.size >= 8) {  // 0x616b3432, little-endian
    refuse("a llama2.c checkpoint of the legacy format (export.py --version 0)",
           fmt::format("version {}", loadLittle<int32_t>(bytes.data + 4)));
  }
  if (begins("PK\3\4")) refuse(kExpected, "a zip archive (pytorch_model.bin?)");
  if (begins("tjgg") || begins("fmgg") || begins("lmgg") || begins("algg"))
    refuse(kExpected, "a ggml file from before GGUF");
  if (begins("\x80\x02") || begins("\x80\x04")) refuse(kExpected, "a Python pickle");
  if (begins("\x89HDF")) refuse(kExpected, "an HDF5 file");
}

}  // namespace

Checkpoint loadCheckpoint(const std::string& path) {
  const std::string extension = std::filesystem::path(path).extension();
  if (isFolder(path) || extension == ".safetensors" || extension == ".json") {
    return huggingFaceCheckpoint(path);
  }
  auto file = std::make_shared<const MappedFile>(path);
  if (isGguf(file->bytes())) return ggufCheckpoint(openGguf(std::move(file)));
  refuseOtherFormats(file->bytes(), path);
  if (extension == ".bin") return llama2cCheckpoint(std::move(file));
  throw UserError(
      fmt::format("{}: expected a GGUF file, a .safetensors file or folder, or a llama2.c .bin", path));
}

}  // namespace pim::host
