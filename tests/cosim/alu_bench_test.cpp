#include "sim/cosim/alu_bench.h"

#include <gtest/gtest.h>

namespace pim::cosim {
namespace {

/// Environment variable that the nightly run sets: elements per operation.
std::uint64_t vectors() {
  const char* text = std::getenv("PIMTLM_ALU_VECTORS");
  return text == nullptr ? 50'000 : std::stoull(text);
}

class AluOperationInRtl : public testing::TestWithParam<std::string> {
 protected:
  static AluBenchResult run(std::uint32_t stallPercent, std::uint64_t count) {
    return runAluBench({aluOpcode(GetParam()), count, 1 + stallPercent, stallPercent});
  }
};

TEST_P(AluOperationInRtl, HasTheStreamsTheBytesAndTheCyclesOfTheModel) {
  const AluBenchResult result = run(0, vectors());
  EXPECT_EQ(result.mismatch, "");
  EXPECT_GE(result.elements, vectors());
  EXPECT_GT(result.computeCycles, 0);
}

TEST_P(AluOperationInRtl, TakesTheModelsTimeWithAMemoryOfTheChip) {
  const AluBenchResult result = run(0, vectors());
  const auto rtl = static_cast<double>(result.totalCycles);
  EXPECT_NEAR(static_cast<double>(result.modelCycles), rtl, 0.03 * rtl);
}

TEST_P(AluOperationInRtl, DoesNotCareHowLongMemoryTakes) {
  const AluBenchResult result = run(40, vectors() / 4);
  EXPECT_EQ(result.mismatch, "");
}

INSTANTIATE_TEST_SUITE_P(All, AluOperationInRtl, testing::ValuesIn(aluOperationNames()),
                         [](const auto& operation) { return operation.param; });

}  // namespace
}  // namespace pim::cosim
