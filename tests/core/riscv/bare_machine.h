#pragma once

#include <cstring>
#include <string>
#include <vector>

#include "core/riscv/elf_image.h"
#include "core/riscv/hart.h"

namespace pim::riscv::test {

/// A bus with nothing on it.
class EmptyBus : public Bus {
 public:
  Answer read(std::uint32_t, std::uint32_t, std::uint64_t) override { return {}; }
  Answer write(std::uint32_t, std::uint32_t, std::uint32_t, std::uint64_t) override { return {}; }
};

/// A hart whose one memory holds instructions and data.
class BareMachine {
 public:
  BareMachine(std::uint32_t base, std::uint32_t bytes, const CycleTable& table = {})
      : m_memory(bytes), m_region{base, bytes, m_memory.data()}, hart(table, m_region, m_region, m_bus) {}

  void write(std::uint32_t address, const std::string& bytes) {
    std::memcpy(m_region.at(address), bytes.data(), bytes.size());
  }
  void writeWords(std::uint32_t address, const std::vector<std::uint32_t>& words) {
    std::memcpy(m_region.at(address), words.data(), 4 * words.size());
  }
  std::string read(std::uint32_t address, std::uint32_t bytes) const {
    return std::string(reinterpret_cast<const char*>(m_region.at(address)), bytes);
  }
  std::uint32_t word(std::uint32_t address) const {
    std::uint32_t value = 0;
    std::memcpy(&value, m_region.at(address), sizeof value);
    return value;
  }
  /// False where a segment does not fit.
  bool load(const ElfImage& image) {
    for (const ElfSegment& segment : image.segments) {
      if (!m_region.holds(segment.address, segment.memoryBytes)) return false;
      write(segment.address, segment.bytes);
    }
    hart.reset(image.entry);
    return true;
  }

 private:
  EmptyBus m_bus;
  std::vector<std::uint8_t> m_memory;
  Region m_region;

 public:
  Hart hart;
};

}  // namespace pim::riscv::test
