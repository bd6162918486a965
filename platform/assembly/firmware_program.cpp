#include "platform/assembly/firmware_program.h"

#include <fmt/format.h>

#include "core/base/error.h"
#include "platform/config/memory_map.h"

namespace pim::platform {
namespace {

void requireFits(const riscv::ElfImage& image, const Config& config, const std::string& name) {
  const auto holds = [](const Region& memory, const riscv::ElfSegment& segment) {
    return segment.address >= memory.base &&
           segment.address + std::uint64_t{segment.memoryBytes} <= memory.base + memory.size;
  };
  const MemoryMap map = memoryMap(config);
  for (const riscv::ElfSegment& segment : image.segments) {
    if (holds(map.instructions, segment) || holds(map.data, segment)) continue;
    throw UserError(
        fmt::format("{}: expected segments within the instruction memory (0x{:x}, {} KiB) or the data memory "
                    "(0x{:x}, {} KiB), "
                    "got {} bytes at 0x{:x}",
                    name, map.instructions.base, config.controller.instructionMemoryKib, map.data.base,
                    config.controller.dataMemoryKib, segment.memoryBytes, segment.address));
  }
  if (image.entry - map.instructions.base >= map.instructions.size) {
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
