// The sizes of a chip that determine whether a model fits. Timing is not included.
#pragma once

#include <cstdint>

namespace pim {

struct ChipShape {
  std::uint32_t dies = 8;
  std::uint32_t banksPerDie = 16;
  std::uint32_t bramBytes = 64u << 10;    // vector memory of a bank
  std::uint32_t dieRamBytes = 64u << 10;  // of a die: the longest transfer
  std::uint64_t bmemBytes = 32u << 20;    // DRAM of a bank; at most 2 GiB, bank addresses have 32 bits
  std::uint64_t cramBytes = 256u << 10;
  std::uint64_t cmemBytes = 256u << 20;
  std::uint32_t cramBase = 0x1000'0000;  // bus addresses in the Controller
  std::uint32_t cmemBase = 0x4000'0000;
  std::uint64_t externalBytes = 0;  // memory for activations outside the package; 0: none
  std::uint32_t externalBase = 0xC000'0000;
  std::uint32_t vectorBufferBytes = 0;  // cap on the mantissas of an input tile in BRAM; 0: as BRAM allows

  std::uint32_t slots() const { return dies * banksPerDie; }
};

}  // namespace pim
