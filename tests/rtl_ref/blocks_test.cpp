#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "Vpim_blocks_bench.h"
#include "core/arith/activation.h"
#include "core/arith/attention.h"
#include "core/arith/exp2.h"
#include "core/arith/rmsnorm.h"
#include "core/arith/rope.h"
#include "core/arith/sample.h"
#include "core/arith/silu.h"
#include "core/formats/kv_cache.h"
#include "tests/support/seed.h"
#include "tlm/rtl/coverage.h"
#include "verilated.h"

namespace pim {
namespace {

constexpr std::int32_t kMax = std::numeric_limits<std::int32_t>::max(), kMin = -kMax - 1;

/// The blocks with their clock, and numbers that reach all of their range.
class BlocksInRtl : public testing::Test {
 protected:
  BlocksInRtl() {
    m_blocks.rst_ni = 0;
    tick();
    m_blocks.rst_ni = 1;
    m_blocks.eval();
  }
  ~BlocksInRtl() override {
    m_blocks.final();
    writeCoverage(m_context, "blocks");
  }

  /// Inputs settle before the edge, where assertions sample them.
  void tick() {
    m_blocks.eval();
    m_blocks.clk_i = 1;
    m_blocks.eval();
    m_blocks.clk_i = 0;
    m_blocks.eval();
  }

  /// Random vectors of a test; the nightly run sets the variable.
  static std::uint64_t vectors() {
    const char* text = std::getenv("PIMTLM_ALU_VECTORS");
    return text == nullptr ? 50'000 : std::stoull(text);
  }
  std::uint64_t bits(unsigned width) { return width == 0 ? 0 : m_random() >> (64 - width); }
  /// Any size, and the ends of the range.
  Q16 q16() {
    switch (m_random() % 16) {
      case 0:
        return kMax;
      case 1:
        return kMin;
      case 2:
        return 0;
      default:
        return static_cast<Q16>(m_random()) >> (m_random() % 32);
    }
  }
  /// A magnitude near a power of two, where rounding decides.
  std::uint32_t magnitude() {
    const std::uint64_t power = std::uint64_t{1} << (m_random() % 32);
    const std::uint64_t near = power + bits(static_cast<unsigned>(m_random() % 8)) - bits(4);
    const std::uint64_t any = m_random() % 3 == 0 ? bits(static_cast<unsigned>(m_random() % 32)) : near;
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(any & 0xffffffff, std::uint64_t{1} << 31));
  }

  VerilatedContext m_context;
  Vpim_blocks_bench m_blocks{&m_context};
  std::mt19937_64 m_random{test::seedOr(1)};
};

TEST_F(BlocksInRtl, Exp2OfEveryInput) {
  for (std::uint32_t t = 0; t <= 65535; ++t) {
    m_blocks.exp2_t_i = static_cast<std::uint16_t>(t);
    m_blocks.eval();
    ASSERT_EQ(m_blocks.exp2_o, exp2neg(t)) << t;
  }
}

// Every entry of the table in all four quadrants with its neighbours and half way, then anywhere.
TEST_F(BlocksInRtl, SineOfAllSegmentsAndOfAnyPhase) {
  const auto same = [this](std::uint32_t phase) {
    m_blocks.phase_i = phase;
    m_blocks.eval();
    const auto sine = static_cast<std::int32_t>(m_blocks.sine_o << 15) >> 15;
    ASSERT_EQ(sine, ropeSin(phase)) << phase;
  };
  for (std::uint32_t segment = 0; segment < 1024; ++segment) {
    for (const std::uint32_t offset : {0u, 1u, 127u, 128u, 1u << 21, (1u << 22) - 1})
      same((segment << 22) + offset);
  }
  for (std::uint64_t i = 0; i < vectors(); ++i) same(static_cast<std::uint32_t>(m_random()));
}

TEST_F(BlocksInRtl, RoundShiftOfAnyDistance) {
  const auto same = [this](std::int64_t x, int shift) {
    m_blocks.round_x_i = static_cast<std::uint64_t>(x);
    m_blocks.round_shift_i = static_cast<std::uint32_t>(shift) & 0x3ffff;
    m_blocks.eval();
    ASSERT_EQ(static_cast<Q16>(m_blocks.round_o), sat32(roundShift(x, shift))) << x << " by " << shift;
  };
  constexpr std::int64_t kMax64 = std::numeric_limits<std::int64_t>::max();
  for (const std::int64_t x : {kMax64, -kMax64 - 1, std::int64_t{0}, std::int64_t{1}, std::int64_t{-1}}) {
    for (int shift = -70; shift <= 70; ++shift) same(x, shift);
    for (const int shift : {-131072, -33000, 33000, 131071}) same(x, shift);
  }
  for (std::uint64_t i = 0; i < vectors(); ++i) {
    same(static_cast<std::int64_t>(m_random()) >> (m_random() % 64), static_cast<int>(m_random() % 140) - 70);
  }
}

TEST_F(BlocksInRtl, ExponentOfAGroup) {
  for (std::uint64_t i = 0; i < vectors(); ++i) {
    const std::uint32_t m = magnitude();
    const bool eight = m_random() % 2 == 0;
    m_blocks.magnitude_i = m;
    m_blocks.eight_bits_i = eight;
    m_blocks.eval();
    int expected = 0;
    while (roundShift(m, expected) > (eight ? 127 : 32767)) ++expected;
    ASSERT_EQ(m_blocks.exponent_o, expected) << m;
  }
}

TEST_F(BlocksInRtl, ScaleOfAHead) {
  for (std::uint64_t i = 0; i < vectors(); ++i) {
    const std::uint32_t below = magnitude(), above = std::min<std::uint32_t>(magnitude(), kMax);
    const std::uint32_t width = std::array<std::uint32_t, 4>{0, 4, 8, 16}[m_random() % 4];
    m_blocks.below_i = below;
    m_blocks.above_i = above;
    m_blocks.kv_bits_i = static_cast<std::uint8_t>(width);
    m_blocks.eval();
    const Q16 head[] = {static_cast<Q16>(-std::int64_t{below}), static_cast<Q16>(above)};
    std::uint8_t record[16];
    if (width == 0) {
      encodeQueryRecord(head, 1, 2, record);
      ASSERT_EQ(m_blocks.head_exponent_o, record[4]) << below << ' ' << above;
    } else {
      encodeKvRecord(head, 2, KvFormat{width}, record);
      const std::uint32_t meta = m_blocks.head_shift_o | std::uint32_t{m_blocks.head_zero_o} << 4;
      ASSERT_EQ(meta, record[kvCodeBytes(2, KvFormat{width})]) << width << ": " << below << ' ' << above;
      ASSERT_EQ(m_blocks.head_exponent_o, m_blocks.head_shift_o + KvFormat{width}.bias());
    }
  }
}

TEST_F(BlocksInRtl, CodeOfAValue) {
  for (std::uint64_t i = 0; i < vectors(); ++i) {
    const Q16 x = q16();
    const int exponent = static_cast<int>(m_random() % 32);
    const std::uint32_t width = std::array<std::uint32_t, 3>{4, 8, 16}[m_random() % 3];
    const std::int64_t zero = width == 4 ? static_cast<std::int64_t>(m_random() % 16) : 0;
    m_blocks.code_x_i = static_cast<std::uint32_t>(x);
    m_blocks.code_exponent_i = static_cast<std::uint8_t>(exponent);
    m_blocks.code_zero_i = static_cast<std::uint8_t>(zero);
    m_blocks.code_bits_i = static_cast<std::uint8_t>(width);
    m_blocks.eval();
    const std::int64_t high = width == 4 ? 15 : width == 8 ? 127 : 32767, low = width == 4 ? 0 : -high;
    const std::int64_t expected = clampTo(roundShift(x, exponent) + zero, low, high);
    ASSERT_EQ(static_cast<std::int16_t>(m_blocks.code_o), expected) << x << " by " << exponent;
  }
}

TEST_F(BlocksInRtl, SiluOfAPairEveryCycle) {
  constexpr int kLatency = 21;
  std::vector<Q16> expected;
  std::size_t seen = 0;
  for (std::uint64_t i = 0; i < vectors() / 2 + kLatency; ++i) {
    m_blocks.silu_valid_i = i < vectors() / 2 && m_random() % 4 != 0;
    if (m_blocks.silu_valid_i) {
      const Q16 gate[] = {q16(), static_cast<Q16>(bits(21)) - (1 << 20)}, up[] = {q16(), q16()};
      std::memcpy(&m_blocks.gate_i, gate, sizeof gate);
      std::memcpy(&m_blocks.up_i, up, sizeof up);
      Q16 y[2];
      siluMul(gate, up, 2, y);
      expected.insert(expected.end(), y, y + 2);
    }
    tick();
    if (!m_blocks.silu_valid_o) continue;
    Q16 y[2];
    std::memcpy(y, &m_blocks.silu_o, sizeof y);
    ASSERT_EQ(y[0], expected[seen]);
    ASSERT_EQ(y[1], expected[seen + 1]);
    seen += 2;
  }
  EXPECT_EQ(seen, expected.size());
}

// Each row takes some seventy cycles of the divider and the root, so there are fewer of them than of
// elements.
TEST_F(BlocksInRtl, ReciprocalRootAndNormalisedElements) {
  for (std::uint64_t i = 0; i < vectors() / 50; ++i) {
    const auto n = static_cast<std::uint32_t>(1 + m_random() % (m_random() % 2 == 0 ? 65536 : 64));
    const std::uint32_t eps = m_random() % 2 == 0 ? 1 : static_cast<std::uint32_t>(m_random() | 1);
    const auto largest = static_cast<std::uint64_t>(std::abs(static_cast<std::int64_t>(q16())));
    // n elements of at most that size: their squares' sum is n times the square of the largest, or less.
    const UInt128 squares = UInt128{largest * largest} * n / (1 + m_random() % 3);
    m_blocks.squares_i[0] = static_cast<std::uint32_t>(squares);
    m_blocks.squares_i[1] = static_cast<std::uint32_t>(squares >> 32);
    m_blocks.squares_i[2] = static_cast<std::uint32_t>(squares >> 64);
    m_blocks.eps_i = eps;
    m_blocks.count_i = n;
    m_blocks.norm_i = 1;
    tick();
    m_blocks.norm_i = 0;
    int cycles = 1;
    for (; !m_blocks.scalar_done_o; ++cycles) {
      ASSERT_LT(cycles, 80);
      tick();
    }
    const std::uint64_t root = integerSquareRoot((squares / n + eps) << 16);
    const std::uint64_t inverse = ((std::uint64_t{1} << 56) + root / 2) / root;
    ASSERT_EQ(m_blocks.inverse_o, inverse) << "n " << n << ", eps " << eps << ", largest " << largest;
    tick();
    for (int element = 0; element < 50; ++element) {
      const auto size = static_cast<std::int64_t>(largest);
      const auto x =
          static_cast<Q16>(size == 0 ? 0 : static_cast<std::int64_t>(m_random() % (2 * largest)) - size);
      const Q16 gain = q16();
      m_blocks.norm_x_i = static_cast<std::uint32_t>(x);
      m_blocks.gain_i = static_cast<std::uint32_t>(gain);
      tick();
      const std::int64_t t = roundShift(x * static_cast<std::int64_t>(inverse), 24);
      ASSERT_EQ(static_cast<Q16>(m_blocks.norm_o), sat32Wide(roundShiftWide(Int128{t} * gain, 24)));
    }
  }
}

TEST_F(BlocksInRtl, ReciprocalOfASumOfWeights) {
  for (std::uint64_t i = 0; i < vectors() / 10; ++i) {
    std::uint64_t sum = 32768 + bits(static_cast<unsigned>(m_random() % 33));
    if (i < 2) sum = i == 0 ? 32768 : std::uint64_t{1} << 32;
    sum = std::min(sum, std::uint64_t{1} << 32);
    m_blocks.sum_i = sum;
    m_blocks.softmax_i = 1;
    tick();
    m_blocks.softmax_i = 0;
    for (int cycles = 0; !m_blocks.scalar_done_o; ++cycles) {
      ASSERT_LT(cycles, 30);
      tick();
    }
    ASSERT_EQ(m_blocks.reciprocal_o, ((std::uint64_t{1} << 46) + sum / 2) / sum) << sum;
    tick();
  }
}

TEST_F(BlocksInRtl, WeightOfATokenAtEveryDistance) {
  for (std::uint32_t distance = 0; distance <= 65535; ++distance) {
    m_blocks.distance_i = static_cast<std::uint16_t>(distance);
    m_blocks.eval();
    ASSERT_EQ(m_blocks.weight_o, sampleWeight(distance)) << distance;
  }
}

TEST_F(BlocksInRtl, LogitsOfAnyDistanceFromTheLargest) {
  for (std::uint64_t i = 0; i < vectors(); ++i) {
    const Q16 a = q16(), b = q16(), largest = std::max(a, b), logit = std::min(a, b);
    SampleRule rule;
    rule.multiplier = static_cast<std::uint16_t>(32768 + bits(15));
    rule.shift = static_cast<std::uint16_t>(m_random() % 63);
    const std::uint32_t distance = sampleDistance(largest, logit, rule);
    const auto bound =
        static_cast<std::uint16_t>(m_random() % 4 == 0 ? bits(16) : distance + m_random() % 3 - 1);
    m_blocks.highest_i = static_cast<std::uint32_t>(largest);
    m_blocks.logit_i = static_cast<std::uint32_t>(logit);
    m_blocks.multiplier_i = rule.multiplier;
    m_blocks.shift_i = static_cast<std::uint8_t>(rule.shift);
    m_blocks.bound_i = bound;
    for (int stage = 0; stage < 3; ++stage) tick();
    ASSERT_EQ(m_blocks.logit_weight_o, sampleWeight(distance))
        << largest << ' ' << logit << ' ' << rule.shift;
    ASSERT_EQ(m_blocks.near_o, distance < bound ? 1 : 0) << distance << " within " << bound;
    ASSERT_EQ(m_blocks.equal_o, distance == bound ? 1 : 0) << distance << " at " << bound;
  }
}

TEST_F(BlocksInRtl, TokensAtTheEdgeOfANucleus) {
  for (std::uint64_t i = 0; i < vectors() / 10; ++i) {
    const std::uint64_t weight = 1 + bits(static_cast<unsigned>(m_random() % 29));
    const std::uint64_t tokens = m_random() % 3 == 0 ? kMaxSampledLogits : bits(17);
    const std::uint64_t lacking = tokens * weight + m_random() % weight;
    m_blocks.lacking_i = lacking;
    m_blocks.edge_weight_i = static_cast<std::uint32_t>(weight);
    m_blocks.edge_i = 1;
    tick();
    m_blocks.edge_i = 0;
    for (int cycles = 0; !m_blocks.scalar_done_o; ++cycles) {
      ASSERT_LT(cycles, 12);
      tick();
    }
    ASSERT_EQ(m_blocks.at_edge_o, tokens) << lacking << " by " << weight;
    tick();
  }
}

}  // namespace
}  // namespace pim
