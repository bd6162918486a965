#include <gtest/gtest.h>

#include "tests/core/riscv/qemu_equality.h"
#include "tests/support/seed.h"

TEST(QemuEqualityNightly, TwentyFiveThousandProgramsEndInTheSameRegistersAndMemory) {
  pim::riscv::test::expectEqualToQemu(pim::test::nightlySeed(), 125, 200);
}
