#pragma once

#include <string>
#include <string_view>

#include "core/riscv/elf_image.h"
#include "platform/config/config.h"

namespace pim::platform {

/// Returns the ELF file that the build made from sw/firmware; empty if there was no cross compiler.
std::string_view builtinFirmware();

/// Returns the program for the RV32 core from a file or, if `path` is empty, the built-in one. Throws a
/// UserError if there is none, if it is not a program for this core, or if it does not fit into the core's
/// memories.
riscv::ElfImage firmwareProgram(const Config& config, const std::string& path);

}  // namespace pim::platform
