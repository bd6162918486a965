#include "tests/core/riscv/qemu_equality.h"

#include <gtest/gtest.h>

// A slice of the programs that run every night.
TEST(QemuEquality, RandomProgramsEndInTheSameRegistersAndMemory) {
  pim::riscv::test::expectEqualToQemu(1, 5, 200);
}
