#include "tests/sw/firmware/test_chip.h"

#include <cstring>
#include <stdexcept>

namespace pim::test {
namespace {

constexpr std::uint8_t kGarbage = 0xA5;

std::uint8_t* within(std::vector<std::uint8_t>& memory, std::uint64_t offset, std::uint64_t bytes,
                     const char* name) {
  if (offset > memory.size() || bytes > memory.size() - offset) throw std::out_of_range(name);
  return memory.data() + offset;
}

}  // namespace

TestChip::TestChip(const ChipShape& shape)
    : m_shape(shape),
      m_bram(shape.slots(), std::vector<std::uint8_t>(shape.bramBytes, kGarbage)),
      m_bmem(shape.slots(), std::vector<std::uint8_t>(shape.bmemBytes)),
      m_cram(shape.cramBytes, kGarbage),
      m_cmem(shape.cmemBytes, kGarbage) {}

std::uint8_t* TestChip::bram(std::uint32_t slot, std::uint64_t offset, std::uint64_t bytes) {
  return within(m_bram.at(slot), offset, bytes, "BRAM");
}

std::uint8_t* TestChip::bmem(std::uint32_t slot, std::uint64_t offset, std::uint64_t bytes) {
  return within(m_bmem.at(slot), offset, bytes, "BMEM");
}

std::uint8_t* TestChip::controller(std::uint64_t address, std::uint64_t bytes) {
  if (address >= m_shape.cmemBase) return within(m_cmem, address - m_shape.cmemBase, bytes, "CMEM");
  if (address < m_shape.cramBase) throw std::out_of_range("below CRAM");
  return within(m_cram, address - m_shape.cramBase, bytes, "CRAM");
}

void TestChip::writeBank(std::uint32_t die, std::uint32_t bank, std::uint32_t offset,
                         const std::uint8_t* data, std::uint32_t bytes) {
  std::memcpy(bmem(bank * m_shape.dies + die, offset, bytes), data, bytes);
}

void TestChip::writeController(std::uint32_t address, const std::uint8_t* data, std::uint32_t bytes) {
  if (bytes != 0) std::memcpy(controller(address, bytes), data, bytes);
}

}  // namespace pim::test
