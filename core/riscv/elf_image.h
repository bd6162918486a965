#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pim::riscv {

/// A function of the program, by its symbol.
struct ElfFunction {
  std::uint32_t address = 0;
  std::uint32_t bytes = 0;
  std::string name;
};

/// Part of the program as it lies in memory: `bytes`, then zeros up to `memoryBytes`.
struct ElfSegment {
  std::uint32_t address = 0;
  std::uint32_t memoryBytes = 0;
  std::string bytes;
};

/// An executable for a bare RV32 core.
struct ElfImage {
  std::uint32_t entry = 0;
  std::vector<ElfSegment> segments;    ///< by address; they do not overlap
  std::vector<ElfFunction> functions;  ///< by address; empty in a stripped file
};

/// Takes the bytes of an ELF file apart. What is no executable for RV32 (malformed, another class or machine,
/// overlapping segments) is a UserError of one line that begins with `name`.
ElfImage parseElf(std::string_view file, const std::string& name);
ElfImage readElf(const std::string& path);

/// The function that holds the address, or null.
const ElfFunction* functionAt(const ElfImage& image, std::uint32_t address);

}  // namespace pim::riscv
