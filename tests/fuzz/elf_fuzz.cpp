#include <string_view>

#include "core/riscv/elf_image.h"
#include "tests/fuzz/fuzz_support.h"

/// An ELF file: its segments and functions, and the function at each segment's begin.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  pim::host::fuzz::expectUserErrorOrNothing([&] {
    const pim::riscv::ElfImage image =
        pim::riscv::parseElf({reinterpret_cast<const char*>(data), size}, "fuzz");
    for (const auto& segment : image.segments) pim::riscv::functionAt(image, segment.address);
  });
  return 0;
}
