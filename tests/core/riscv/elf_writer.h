#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace pim::riscv::test {

struct WrittenSegment {
  std::uint32_t address = 0;
  std::string bytes;
  std::uint32_t memoryBytes = 0;  ///< 0: as many as `bytes`
};

struct WrittenFunction {
  std::string name;
  std::uint32_t address = 0;
  std::uint32_t bytes = 0;
};

inline void put16(std::string& out, std::uint32_t value) {
  out.push_back(static_cast<char>(value));
  out.push_back(static_cast<char>(value >> 8));
}
inline void put32(std::string& out, std::uint32_t value) {
  put16(out, value);
  put16(out, value >> 16);
}
inline void set16(std::string& file, std::size_t at, std::uint32_t value) {
  file.at(at) = static_cast<char>(value);
  file.at(at + 1) = static_cast<char>(value >> 8);
}
inline void set32(std::string& file, std::size_t at, std::uint32_t value) {
  set16(file, at, value);
  set16(file, at + 2, value >> 16);
}

/// Offsets within the file that elfFile() makes.
constexpr std::size_t kElfClass = 4, kElfType = 16, kElfMachine = 18, kElfEntry = 24, kElfProgramOffset = 28,
                      kElfSectionOffset = 32, kElfFlags = 36, kElfProgramBytes = 42, kElfProgramCount = 44,
                      kElfSectionBytes = 46, kElfFirstProgram = 52;

/// An executable for RV32: header, program headers, segments, and with functions a symbol table.
inline std::string elfFile(std::uint32_t entry, const std::vector<WrittenSegment>& segments,
                           const std::vector<WrittenFunction>& functions = {}) {
  std::string file(
      "\x7F"
      "ELF\x01\x01\x01",
      7);
  file.resize(16);
  put16(file, 2);    // executable
  put16(file, 243);  // RISC-V
  put32(file, 1);
  put32(file, entry);
  put32(file, 52);
  put32(file, 0);  // sections: below
  put32(file, 1);  // compressed instructions
  put16(file, 52);
  put16(file, 32);
  put16(file, static_cast<std::uint32_t>(segments.size()));
  put16(file, 40);
  put16(file, functions.empty() ? 0 : 3);
  put16(file, 2);
  std::string contents;
  for (const WrittenSegment& segment : segments) {
    const auto bytes = static_cast<std::uint32_t>(segment.bytes.size());
    // At a place that a system with pages of 4 KiB can map.
    const std::size_t begin = 52 + 32 * segments.size();
    while ((begin + contents.size()) % 4096 != segment.address % 4096) contents.push_back('\0');
    const auto offset = static_cast<std::uint32_t>(begin + contents.size());
    for (const std::uint32_t word : {1u, offset, segment.address, segment.address, bytes,
                                     segment.memoryBytes != 0 ? segment.memoryBytes : bytes, 7u, 4096u})
      put32(file, word);
    contents += segment.bytes;
  }
  file += contents;
  if (functions.empty()) return file;

  std::string names(1, '\0'), symbols(16, '\0');
  for (const WrittenFunction& function : functions) {
    put32(symbols, static_cast<std::uint32_t>(names.size()));
    put32(symbols, function.address);
    put32(symbols, function.bytes);
    put16(symbols, 0x12);  // a global function
    put16(symbols, 1);
    names += function.name + '\0';
  }
  const auto symbolsAt = static_cast<std::uint32_t>(file.size());
  file += symbols;
  const auto namesAt = static_cast<std::uint32_t>(file.size());
  file += names;
  set32(file, kElfSectionOffset, static_cast<std::uint32_t>(file.size()));
  file.resize(file.size() + 40);
  for (const std::uint32_t word :
       {0u, 2u, 0u, 0u, symbolsAt, static_cast<std::uint32_t>(symbols.size()), 2u, 0u, 4u, 16u})
    put32(file, word);
  for (const std::uint32_t word :
       {0u, 3u, 0u, 0u, namesAt, static_cast<std::uint32_t>(names.size()), 0u, 0u, 1u, 0u})
    put32(file, word);
  return file;
}

}  // namespace pim::riscv::test
