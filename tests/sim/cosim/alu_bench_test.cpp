#include "sim/cosim/alu_bench.h"

#include <gtest/gtest.h>

#include "tests/support/seed.h"

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
    AluBenchOptions options;
    options.opcode = aluOpcode(GetParam());
    options.vectors = count;
    options.seed = test::seedOr(1) + stallPercent;
    options.stallPercent = stallPercent;
    return runAluBench(options);
  }
};

TEST_P(AluOperationInRtl, HasTheStreamsTheBytesAndTheCyclesOfTheModel) {
  const AluBenchResult result = run(0, vectors());
  EXPECT_EQ(result.mismatch, "");
  EXPECT_GE(result.elements, vectors());
  EXPECT_GT(result.computeCycles, 0);
}

// AluPort, cycle by cycle, whatever the memory: one that keeps pace, and those of edge and of others.
TEST_P(AluOperationInRtl, TakesTheModelsCyclesWithAnyMemory) {
  for (const double gbPerS : {0.0, 10.0, 33.3, 128.0}) {
    AluBenchOptions options;
    options.opcode = aluOpcode(GetParam());
    options.vectors = vectors() / 5;
    options.seed = test::seedOr(7);
    options.memoryGbPerS = gbPerS;
    EXPECT_EQ(runAluBench(options).mismatch, "") << gbPerS << " GB/s";
  }
}

TEST_P(AluOperationInRtl, DoesNotCareHowLongMemoryTakes) {
  const AluBenchResult result = run(40, vectors() / 4);
  EXPECT_EQ(result.mismatch, "");
}

INSTANTIATE_TEST_SUITE_P(All, AluOperationInRtl, testing::ValuesIn(aluOperationNames()),
                         [](const auto& operation) { return operation.param; });

}  // namespace
}  // namespace pim::cosim
