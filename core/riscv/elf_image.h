#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pim::riscv {

/// A function of the program, from its symbol.
struct ElfFunction {
  std::uint32_t address = 0;
  std::uint32_t bytes = 0;
  std::string name;
};

/// A part of the program in memory: `bytes`, then zeros up to `memoryBytes`.
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

/// Parses the bytes of an ELF file. Throws a UserError of one line that begins with `name` if the file is not
/// an executable for RV32: malformed, another class or machine, overlapping segments.
ElfImage parseElf(std::string_view file, const std::string& name);
ElfImage readElf(const std::string& path);

/// Returns the function that contains the address, or null.
const ElfFunction* functionAt(const ElfImage& image, std::uint32_t address);

}  // namespace pim::riscv
