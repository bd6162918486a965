#include <gtest/gtest.h>

#include "tests/core/riscv/qemu_equality.h"

TEST(QemuEqualityNightly, TwentyFiveThousandProgramsEndInTheSameRegistersAndMemory) {
  pim::riscv::test::expectEqualToQemu(1000, 125, 200);
}
