#include "core/arith/wide_sums.h"

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <string>
#include <vector>

#include "tests/core/arith/arith_random.h"

namespace pim {
namespace {

/// Each instruction set of this machine in turn.
class WideSumsOn : public testing::TestWithParam<std::int64_t> {
 protected:
  void SetUp() override { choose(GetParam()); }
  void TearDown() override { choose(0); }

  /// Of both signs, now and then at their ends.
  std::vector<std::int16_t> values(std::uint32_t n) {
    std::vector<std::int16_t> all(n);
    for (std::int16_t& value : all) {
      const auto end = m_random.below(8);
      value = static_cast<std::int16_t>(end == 0   ? 32767
                                        : end == 1 ? -32767
                                                   : static_cast<int>(m_random.below(65535)) - 32767);
    }
    return all;
  }

  ArithRandom m_random{31};

 private:
  static void choose(std::int64_t target) {
    hwy::SetSupportedTargetsForTest(target);  // 0: the best again
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  }
};

TEST_P(WideSumsOn, AddUpProductsOfAnyNumberOfElements) {
  for (std::uint32_t n = 0; n <= 270; ++n) {
    const std::vector<std::int16_t> a = values(n), b = values(n);
    std::int64_t expected = 0;
    for (std::uint32_t i = 0; i < n; ++i) expected += std::int64_t{a[i]} * b[i];
    ASSERT_EQ(dotProduct(a.data(), b.data(), n), expected) << n;
  }
}

TEST_P(WideSumsOn, AddWeightedValuesToAnyNumberOfSums) {
  for (std::uint32_t n = 0; n <= 270; ++n) {
    const std::vector<std::int16_t> added = values(n);
    const std::int32_t weight =
        n % 3 == 0 ? 65535 << 15 : static_cast<std::int32_t>(m_random.below(65536) << m_random.below(16));
    std::vector<std::int64_t> sums(n + 1, std::int64_t{-5000000000000}), expected = sums;
    for (std::uint32_t i = 0; i < n; ++i) expected[i] += std::int64_t{weight} * added[i];
    addWeighted(weight, added.data(), n, sums.data());
    ASSERT_EQ(sums, expected) << n;
  }
}

INSTANTIATE_TEST_SUITE_P(InstructionSets, WideSumsOn, testing::ValuesIn(hwy::SupportedAndGeneratedTargets()),
                         [](const auto& target) { return std::string(hwy::TargetName(target.param)); });

}  // namespace
}  // namespace pim
