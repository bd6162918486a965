// What the native core takes is what the instruction-set simulator measures.
#include <gtest/gtest.h>

#include "abi/pim_abi.h"
#include "platform/assembly/firmware_measurement.h"
#include "platform/assembly/firmware_program.h"
#include "platform/config/core_table.h"

namespace pim::platform {
namespace {

class FirmwareCostsOf : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (builtinFirmware().empty()) GTEST_SKIP() << "built without riscv64-unknown-elf-gcc";
  }
};

TEST_P(FirmwareCostsOf, AreThoseOfThisFirmware) {
  const FirmwareMeasurement measured = measureFirmware(loadCycleTable(GetParam()));
  ASSERT_NE(builtinFirmwareCosts(GetParam()), nullptr) << "run scripts/measure_firmware.sh";
  EXPECT_EQ(firmwareCostsYaml(*builtinFirmwareCosts(GetParam()), GetParam()),
            firmwareCostsYaml(measured.costs, GetParam()))
      << "platform/cores/firmware is stale: run scripts/measure_firmware.sh";
  EXPECT_LT(measured.worstError, 0.02);
}

INSTANTIATE_TEST_SUITE_P(Cores, FirmwareCostsOf, testing::ValuesIn(cycleTableNames()),
                         [](const auto& table) { return table.param; });

TEST(FirmwareCosts, AreReadAsTheyAreWritten) {
  EXPECT_EQ(builtinFirmwareCosts("z80"), nullptr);
  for (const std::string& name : cycleTableNames()) {
    const FirmwareCosts* costs = builtinFirmwareCosts(name);
    ASSERT_NE(costs, nullptr) << name;
    EXPECT_GT((*costs)[PIM_OP_MAC], 10000) << name;
    EXPECT_LT((*costs)[PIM_WORK_REPEAT], (*costs)[PIM_OP_MAC]) << name;
  }
}

}  // namespace
}  // namespace pim::platform
