#pragma once

#include <cstdint>
#include <string>

namespace pim::riscv::test {

constexpr std::uint32_t kProgramBase = 0x00100000;
/// What a program leaves behind: x0..x31, and the memory that it used.
constexpr std::uint32_t kRegisterBytes = 128, kUsedBytes = 256, kResultBytes = kRegisterBytes + kUsedBytes;

/// Programs of random instructions, one after another in one image for Linux's user mode.
struct Batch {
  std::string image;          ///< from kProgramBase on: code, memory, results
  std::uint32_t resultsAt{};  ///< address; kResultBytes for each program
  std::uint32_t programs{};
};

/// Every instruction of RV32IMAC but those that leave user mode; CSRs as far as two machines agree about them
/// (the counters are read, and what they say is forgotten). Memory accesses may be misaligned. Jumps lead
/// forward, loops are bounded. The image ends by writing the results to standard output and leaving with
/// status 0.
Batch randomBatch(std::uint64_t seed, std::uint32_t programs);

}  // namespace pim::riscv::test
