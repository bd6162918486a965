#pragma once

#include <cstdint>

namespace pim::riscv::test {

/// Runs batches of random programs on the hart and on qemu-riscv32, and expects the same registers and memory
/// after each program. Skips the test with a message where qemu is not installed.
void expectEqualToQemu(std::uint64_t seed, std::uint32_t batches, std::uint32_t programsOfBatch);

}  // namespace pim::riscv::test
