#pragma once

#include <cstdint>
#include <vector>

#include "core/base/chip_shape.h"
#include "sw/host/pack/packer.h"

namespace pim::test {

/// The memories of a chip as byte arrays. Whatever nobody wrote is garbage (BMEM: zero), so that a command
/// that runs too early computes something visibly wrong. Accesses beyond a memory throw std::out_of_range.
class TestChip : public host::MemorySink {
 public:
  explicit TestChip(const ChipShape& shape);

  const ChipShape& shape() const { return m_shape; }

  std::uint8_t* bram(std::uint32_t slot, std::uint64_t offset, std::uint64_t bytes);
  std::uint8_t* bmem(std::uint32_t slot, std::uint64_t offset, std::uint64_t bytes);
  /// Bus address of CRAM or CMEM.
  std::uint8_t* controller(std::uint64_t address, std::uint64_t bytes);

  void writeBank(std::uint32_t die, std::uint32_t bank, std::uint32_t offset, const std::uint8_t* data,
                 std::uint32_t bytes) override;
  void writeController(std::uint32_t address, const std::uint8_t* data, std::uint32_t bytes) override;

 private:
  ChipShape m_shape;
  std::vector<std::vector<std::uint8_t>> m_bram, m_bmem;  ///< [slot]
  std::vector<std::uint8_t> m_cram, m_cmem;
};

}  // namespace pim::test
