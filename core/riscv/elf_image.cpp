#include "core/riscv/elf_image.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>

#include "core/base/error.h"
#include "core/base/printable.h"

namespace pim::riscv {
namespace {

// Numbers and structures of the ELF specification, 32 bits, little-endian.
constexpr std::uint8_t kMagic[] = {0x7F, 'E', 'L', 'F'};
constexpr std::uint8_t kClass32 = 1, kLittleEndian = 1;
constexpr std::uint16_t kExecutable = 2, kRiscv = 243;
constexpr std::uint32_t kFloatAbi = 6, kEmbeddedAbi = 8;  // bits of the header's flags
constexpr std::uint32_t kLoad = 1;                        // type of a program header
constexpr std::uint32_t kSymbolTable = 2;                 // type of a section
constexpr std::uint8_t kFunction = 2;                     // type of a symbol
constexpr std::uint64_t kAddresses = std::uint64_t{1} << 32;

struct Header {
  std::uint8_t ident[16];
  std::uint16_t type, machine;
  std::uint32_t version, entry, programOffset, sectionOffset, flags;
  std::uint16_t headerBytes, programBytes, programCount, sectionBytes, sectionCount, sectionNames;
};
struct ProgramHeader {
  std::uint32_t type, offset, address, physical, fileBytes, memoryBytes, flags, align;
};
struct SectionHeader {
  std::uint32_t name, type, flags, address, offset, bytes, link, info, align, entryBytes;
};
struct SymbolEntry {
  std::uint32_t name, value, bytes;
  std::uint8_t info, other;
  std::uint16_t section;
};
static_assert(sizeof(Header) == 52 && sizeof(ProgramHeader) == 32 && sizeof(SectionHeader) == 40 &&
              sizeof(SymbolEntry) == 16);

class Parser {
 public:
  Parser(std::string_view file, const std::string& name) : m_file(file), m_name(name) {}

  ElfImage image() {
    readHeader();
    readSegments();
    readFunctions();
    return std::move(m_image);
  }

 private:
  [[noreturn]] void refuse(const std::string& why) const {
    throw UserError(fmt::format("{}: {}", m_name, why));
  }

  std::string_view part(std::uint64_t offset, std::uint64_t bytes, const char* what) const {
    if (offset > m_file.size() || bytes > m_file.size() - offset) {
      refuse(fmt::format("{} end behind the file: expected at most {} bytes, got {}", what, m_file.size(),
                         offset + bytes));
    }
    return m_file.substr(offset, bytes);
  }

  template <class T>
  T structure(std::uint64_t offset, const char* what) const {
    T value;
    std::memcpy(&value, part(offset, sizeof value, what).data(), sizeof value);
    return value;
  }

  void readHeader() {
    if (m_file.size() < sizeof kMagic || std::memcmp(m_file.data(), kMagic, sizeof kMagic) != 0) {
      refuse("expected an ELF file");
    }
    m_header = structure<Header>(0, "its header");
    if (m_header.ident[4] != kClass32) {
      refuse(fmt::format("expected an ELF file of 32 bits (class 1), got class {}", m_header.ident[4]));
    }
    if (m_header.ident[5] != kLittleEndian) refuse("expected a little-endian ELF file");
    if (m_header.machine != kRiscv) {
      refuse(fmt::format("expected an ELF file for RISC-V (machine 243), got machine {}", m_header.machine));
    }
    if (m_header.type != kExecutable) {
      refuse(fmt::format("expected an executable (type 2), got type {}", m_header.type));
    }
    if ((m_header.flags & (kFloatAbi | kEmbeddedAbi)) != 0) {
      refuse("expected the ABI ilp32: no floating-point registers, 31 integer registers");
    }
    if (m_header.programCount == 0) refuse("expected program headers, got none");
    if (m_header.programBytes != sizeof(ProgramHeader)) {
      refuse(fmt::format("expected program headers of {} bytes, got {}", sizeof(ProgramHeader),
                         m_header.programBytes));
    }
    m_image.entry = m_header.entry;
  }

  void readSegments() {
    for (std::uint32_t i = 0; i < m_header.programCount; ++i) {
      const auto header = structure<ProgramHeader>(
          m_header.programOffset + std::uint64_t{i} * sizeof(ProgramHeader), "its program headers");
      if (header.type != kLoad || header.memoryBytes == 0) continue;
      if (header.fileBytes > header.memoryBytes) {
        refuse(fmt::format("segment {} has more bytes in the file ({}) than in memory ({})", i,
                           header.fileBytes, header.memoryBytes));
      }
      if (std::uint64_t{header.address} + header.memoryBytes > kAddresses) {
        refuse(fmt::format("segment {} at 0x{:x} ends behind the last address", i, header.address));
      }
      const auto bytes = part(header.offset, header.fileBytes, "its segments");
      m_image.segments.push_back({header.address, header.memoryBytes, std::string(bytes)});
    }
    auto& segments = m_image.segments;
    std::sort(segments.begin(), segments.end(),
              [](const ElfSegment& a, const ElfSegment& b) { return a.address < b.address; });
    for (std::size_t i = 1; i < segments.size(); ++i) {
      if (segments[i].address - segments[i - 1].address < segments[i - 1].memoryBytes) {
        refuse(fmt::format("segments at 0x{:x} and 0x{:x} overlap", segments[i - 1].address,
                           segments[i].address));
      }
    }
    const bool entered = std::any_of(segments.begin(), segments.end(), [&](const ElfSegment& segment) {
      return m_image.entry - segment.address < segment.bytes.size();
    });
    if (!entered || m_image.entry % 2 != 0) {
      refuse(
          fmt::format("expected an entry within a segment, at an even address, got 0x{:x}", m_image.entry));
    }
  }

  void readFunctions() {
    if (m_header.sectionOffset == 0) return;
    for (std::uint32_t i = 0; i < m_header.sectionCount; ++i) {
      const SectionHeader table = section(i);
      if (table.type == kSymbolTable) readSymbols(table, section(table.link));
    }
    auto& functions = m_image.functions;
    std::stable_sort(functions.begin(), functions.end(),
                     [](const ElfFunction& a, const ElfFunction& b) { return a.address < b.address; });
  }

  SectionHeader section(std::uint32_t index) const {
    if (index >= m_header.sectionCount || m_header.sectionBytes != sizeof(SectionHeader)) {
      refuse(fmt::format("expected section {} of {} bytes, got {} sections of {}", index,
                         sizeof(SectionHeader), m_header.sectionCount, m_header.sectionBytes));
    }
    return structure<SectionHeader>(m_header.sectionOffset + std::uint64_t{index} * sizeof(SectionHeader),
                                    "its section headers");
  }

  void readSymbols(const SectionHeader& table, const SectionHeader& names) {
    const std::string_view text = part(names.offset, names.bytes, "its names");
    part(table.offset, table.bytes, "its symbols");
    for (std::uint32_t at = 0; table.bytes - at >= sizeof(SymbolEntry); at += sizeof(SymbolEntry)) {
      const auto symbol = structure<SymbolEntry>(std::uint64_t{table.offset} + at, "its symbols");
      if ((symbol.info & 15u) != kFunction || symbol.name >= text.size()) continue;
      const std::string_view rest = text.substr(symbol.name);
      const std::string_view name = rest.substr(0, rest.find('\0'));
      constexpr std::string_view kNotInFiles =
          "\"\\; ";  // what JSON, folded stacks and GTKWave would misread
      if (name.empty() || !isPrintable(name) || name.find_first_of(kNotInFiles) != std::string_view::npos)
        continue;
      m_image.functions.push_back({symbol.value, symbol.bytes, std::string(name)});
    }
  }

  std::string_view m_file;
  std::string m_name;
  Header m_header{};
  ElfImage m_image;
};

}  // namespace

ElfImage parseElf(std::string_view file, const std::string& name) {
  return Parser(file, name).image();
}

ElfImage readElf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes;
  try {
    bytes.assign(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  } catch (const std::ios_base::failure&) {  // a directory can be opened, but not read
    file.setstate(std::ios::badbit);
  }
  if (!file) throw UserError(fmt::format("{}: expected a readable ELF file", path));
  return parseElf(bytes, path);
}

const ElfFunction* functionAt(const ElfImage& image, std::uint32_t address) {
  const auto& functions = image.functions;
  auto after = std::upper_bound(functions.begin(), functions.end(), address,
                                [](std::uint32_t a, const ElfFunction& f) { return a < f.address; });
  while (after != functions.begin()) {
    const ElfFunction& function = *--after;
    if (address - function.address < std::max<std::uint32_t>(function.bytes, 1)) return &function;
    if (function.bytes != 0) return nullptr;
  }
  return nullptr;
}

}  // namespace pim::riscv
