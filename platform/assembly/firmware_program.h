#pragma once

#include <string>
#include <string_view>

#include "core/riscv/elf_image.h"
#include "platform/config/config.h"

namespace pim::platform {

/// The ELF file that the build made of sw/firmware; empty where there was no cross compiler.
std::string_view builtinFirmware();

/// The program for the RV32 core: of the file, or where `path` is empty the one that is built in. UserError:
/// there is none, it is no program for such a core, or it does not fit into the core's memories.
riscv::ElfImage firmwareProgram(const Config& config, const std::string& path);

}  // namespace pim::platform
