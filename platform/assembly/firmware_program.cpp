#include "platform/assembly/firmware_program.h"

#include <fmt/format.h>

#include "core/base/error.h"

namespace pim::platform {
namespace {

void requireFits(const riscv::ElfImage& image, const Config& config, const std::string& name) {
  const auto holds = [](std::uint64_t base, std::uint64_t bytes, const riscv::ElfSegment& segment) {
    return segment.address >= base && segment.address + std::uint64_t{segment.memoryBytes} <= base + bytes;
  };
  const std::uint64_t code = config.memoryMap.instructionMemoryBase;
  for (const riscv::ElfSegment& segment : image.segments) {
    if (holds(code, config.controller.instructionMemoryBytes(), segment) ||
        holds(config.memoryMap.dataMemoryBase, config.controller.dataMemoryBytes(), segment))
      continue;
    throw UserError(
        fmt::format("{}: expected segments within the instruction memory (0x{:x}, {} KiB) or the data memory "
                    "(0x{:x}, {} KiB), "
                    "got {} bytes at 0x{:x}",
                    name, code, config.controller.instructionMemoryKib, config.memoryMap.dataMemoryBase,
                    config.controller.dataMemoryKib, segment.memoryBytes, segment.address));
  }
  if (image.entry - code >= config.controller.instructionMemoryBytes()) {
    throw UserError(
        fmt::format("{}: expected an entry in the instruction memory, got 0x{:x}", name, image.entry));
  }
}

}  // namespace

riscv::ElfImage firmwareProgram(const Config& config, const std::string& path) {
  if (path.empty() && builtinFirmware().empty()) {
    throw UserError(
        "controller.core: expected native; rv32 needs --firmware FILE.elf, as this pimtlm was built without "
        "riscv64-unknown-elf-gcc");
  }
  const std::string name = path.empty() ? "the built-in firmware" : path;
  riscv::ElfImage image = path.empty() ? riscv::parseElf(builtinFirmware(), name) : riscv::readElf(path);
  requireFits(image, config, name);
  return image;
}

}  // namespace pim::platform
