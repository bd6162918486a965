#include "core/formats/kv_cache.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "abi/pim_layout.h"
#include "tests/core/arith/arith_random.h"

namespace pim {
namespace {

const std::vector<KvFormat> kFormats{{16}, {8}, {4}};

std::vector<std::uint8_t> recordOf(const std::vector<Q16>& x, KvFormat format) {
  const auto n = static_cast<std::uint32_t>(x.size());
  std::vector<std::uint8_t> record(kvRecordBytes(n, format), 0xEE);
  encodeKvRecord(x.data(), n, format, record.data());
  return record;
}

double valueOf(const KvView& view, std::uint32_t i, KvFormat format) {
  return std::ldexp(view.centred(i), view.shift() + format.bias() - 16);
}

TEST(KvRecord, ErrorIsHalfAStepForUsualValues) {
  ArithRandom random(20);
  for (const KvFormat format : kFormats)
    for (int round = 0; round < 500; ++round) {
      const std::vector<Q16> x = random.values(32, 4 + random.below(16));
      const auto record = recordOf(x, format);
      const KvView view = kvRecordView(record.data(), 32, format);
      // With a zero point its own rounding adds another half step at the ends of the range.
      const double step = std::ldexp(format.bits == 4 ? 2.0 : 1.0, view.shift() + format.bias() - 16);
      for (std::uint32_t i = 0; i < 32; ++i)
        ASSERT_LE(std::abs(valueOf(view, i, format) - x[i] / 65536.0), step / 2) << format.bits << " bits";
    }
}

TEST(KvRecord, TakesTheSmallestShiftThatFits) {
  const auto shiftOf = [](Q16 largest, KvFormat format) {
    std::vector<Q16> x(32, 0);
    x[3] = largest;
    return kvRecordView(recordOf(x, format).data(), 32, format).shift();
  };
  EXPECT_EQ(shiftOf(32767, {16}), 0);
  EXPECT_EQ(shiftOf(-32768, {16}), 1);
  EXPECT_EQ(shiftOf(127 * 4 + 1, {8}), 0);
  EXPECT_EQ(shiftOf(127 * 4 + 2, {8}), 1);
  EXPECT_EQ(shiftOf(15 * 32 + 15, {4}), 0);
  EXPECT_EQ(shiftOf(15 * 32 + 16, {4}), 1);
  EXPECT_EQ(shiftOf(-15 * 32, {4}), 0);
}

TEST(KvRecord, ClampsWhatTheLargestShiftCannotHold) {
  std::vector<Q16> x(32, 0);
  x[0] = std::numeric_limits<Q16>::max();
  x[1] = std::numeric_limits<Q16>::min();
  const auto record16 = recordOf(x, {16});
  EXPECT_EQ(kvRecordView(record16.data(), 32, {16}).shift(), 12);
  EXPECT_EQ(kvRecordView(record16.data(), 32, {16}).centred(0), 32767);
  EXPECT_EQ(kvRecordView(record16.data(), 32, {16}).centred(1), -32767);
  const auto record8 = recordOf(x, {8});
  EXPECT_EQ(kvRecordView(record8.data(), 32, {8}).shift(), 15);
  EXPECT_EQ(kvRecordView(record8.data(), 32, {8}).centred(0), 127);
  EXPECT_EQ(kvRecordView(record8.data(), 32, {8}).centred(1), -127);
  const auto record4 = recordOf(x, {4});
  const KvView view4 = kvRecordView(record4.data(), 32, {4});
  EXPECT_EQ(view4.shift(), 15);
  EXPECT_EQ(view4.centred(0) - view4.centred(1), 15);
}

TEST(KvRecord, FourBitsSpendTheirCodesOnTheRangeThatIsThere) {
  std::vector<Q16> x(32, 64);
  x[0] = 480;
  const auto positive = recordOf(x, {4});
  EXPECT_EQ(positive[16] >> 4, 0);
  EXPECT_EQ(kvRecordView(positive.data(), 32, {4}).centred(0), 15);
  for (Q16& v : x) v = -v;
  const auto negative = recordOf(x, {4});
  EXPECT_EQ(negative[16] >> 4, 15);
  EXPECT_EQ(kvRecordView(negative.data(), 32, {4}).centred(0), -15);
  EXPECT_EQ(kvRecordView(negative.data(), 32, {4}).centred(1), -2);
}

TEST(KvRecord, ZeroIsExactInEveryFormat) {
  ArithRandom random(21);
  for (const KvFormat format : kFormats)
    for (int round = 0; round < 200; ++round) {
      std::vector<Q16> x = random.values(16, 20);
      x[9] = 0;
      const auto record = recordOf(x, format);
      ASSERT_EQ(kvRecordView(record.data(), 16, format).centred(9), 0);
    }
}

TEST(KvCache, HoldsEveryTokenAsItWasRecorded) {
  ArithRandom random(22);
  for (const KvFormat format : kFormats)
    for (const std::uint32_t headDim : {8u, 48u, 128u}) {
      constexpr std::uint32_t kTokens = 70;
      std::vector<std::uint8_t> region(pim_kv_region_bytes(kTokens, headDim, format.bits));
      std::vector<std::vector<std::uint8_t>> records;
      for (std::uint32_t t = 0; t < kTokens; ++t) {
        records.push_back(recordOf(random.values(headDim, 20), format));
        appendToken(region.data(), t, headDim, format, records.back().data());
      }
      for (std::uint32_t t = 0; t < kTokens; ++t) {
        const KvView cached = kvCacheView(region.data(), t, headDim, format);
        const KvView recorded = kvRecordView(records[t].data(), headDim, format);
        ASSERT_EQ(cached.shift(), recorded.shift());
        for (std::uint32_t i = 0; i < headDim; ++i) ASSERT_EQ(cached.centred(i), recorded.centred(i));
      }
    }
}

TEST(KvView, DecodesATokenToItsElements) {
  ArithRandom random(28);
  for (const KvFormat format : kFormats) {
    const auto record = recordOf(random.values(48, 18), format);
    const KvView view = kvRecordView(record.data(), 48, format);
    std::vector<std::int16_t> decoded(48);
    view.decode(48, decoded.data());
    for (std::uint32_t i = 0; i < 48; ++i) ASSERT_EQ(decoded[i], view.centred(i)) << format.bits << " bits";
  }
}

TEST(KvCache, BlocksAreAColumnOfMetaAndThenTheCodes) {
  const KvFormat format{8};
  EXPECT_EQ(kvMetaOffset(0, 128, format), 0u);
  EXPECT_EQ(kvMetaOffset(31, 128, format), 31u);
  EXPECT_EQ(kvCodeOffset(0, 128, format), 32u);
  EXPECT_EQ(kvCodeOffset(31, 128, format), 32u + 31 * 128);
  EXPECT_EQ(kvMetaOffset(32, 128, format), 32u + 32 * 128);
  EXPECT_EQ(kvCodeOffset(33, 128, format), 2 * 32u + 33 * 128);
}

TEST(KvCache, CountsTheCodesThatItClips) {
  constexpr std::uint32_t kHead = 8;
  struct Case {
    std::uint32_t bits;
    double largest;  // that the format holds
  };
  for (const Case& c : {Case{16, 2047.9}, Case{8, 253.9}, Case{4, 239.9}}) {
    Q16 x[kHead] = {};
    std::vector<std::uint8_t> record(kvRecordBytes(kHead, {c.bits}));
    x[1] = static_cast<Q16>(c.largest * 65536);
    EXPECT_EQ(encodeKvRecord(x, kHead, {c.bits}, record.data()), 0u) << c.bits;
    x[1] = x[5] = static_cast<Q16>(1.1 * c.largest * 65536);
    EXPECT_EQ(encodeKvRecord(x, kHead, {c.bits}, record.data()), 2u) << c.bits;
  }
}

}  // namespace
}  // namespace pim
