#include "sw/host/checkpoint/tensor_format.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <stdexcept>

#include "sw/host/checkpoint/half_float.h"
#include "tests/sw/host/gguf_writer.h"

namespace pim::host::test {
namespace {

constexpr uint16_t kHalfOne = 0x3C00, kHalfTwo = 0x4000;

std::vector<float> expand(TensorType type, const std::vector<uint8_t>& block) {
  EXPECT_EQ(block.size(), tensorFormat(type).blockBytes);
  std::vector<float> out(tensorFormat(type).blockElements);
  dequantize(type, block.data(), out.size(), out.data());
  return out;
}

std::vector<uint32_t> randomCodes(uint32_t below, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<uint32_t> codes(256);
  for (uint32_t& c : codes) c = static_cast<uint32_t>(random() % below);
  return codes;
}

TEST(HalfFloat, EveryHalfIsExact) {
  for (uint32_t bits = 0; bits < 65536; ++bits) {
    const int exponent = static_cast<int>(bits >> 10 & 31), fraction = static_cast<int>(bits & 1023);
    const float value = halfToFloat(static_cast<uint16_t>(bits));
    const float sign = (bits & 0x8000u) != 0 ? -1.0f : 1.0f;
    if (exponent == 31) {
      EXPECT_TRUE(fraction != 0 ? std::isnan(value) : value == sign * INFINITY);
    } else {
      const double magnitude =
          exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
      EXPECT_EQ(value, sign * static_cast<float>(magnitude)) << bits;
    }
  }
  EXPECT_EQ(bfloat16ToFloat(0xC040), -3.0f);
}

TEST(TensorFormat, Q4_0HalvesOfABlockAreItsNibbles) {
  Bytes b;
  b.put(kHalfTwo);
  for (uint32_t i = 0; i < 16; ++i) b.put(static_cast<uint8_t>(i | (15 - i) << 4));
  const auto w = expand(TensorType::Q4_0, b.get());
  for (int i = 0; i < 16; ++i) {
    EXPECT_EQ(w[static_cast<size_t>(i)], 2.0f * static_cast<float>(i - 8));
    EXPECT_EQ(w[static_cast<size_t>(16 + i)], 2.0f * static_cast<float>(7 - i));
  }
}

TEST(TensorFormat, Q4_1Q5AndQ8) {
  Bytes q4;
  q4.put(kHalfTwo).put(kHalfOne);
  for (uint32_t i = 0; i < 16; ++i) q4.put<uint8_t>(0x31);
  EXPECT_EQ(expand(TensorType::Q4_1, q4.get())[0], 3.0f);
  EXPECT_EQ(expand(TensorType::Q4_1, q4.get())[31], 7.0f);

  Bytes q50, q51, q8;
  q50.put(kHalfOne).put<uint32_t>(0x80000001u);  // fifth bits of elements 0 and 31
  q51.put(kHalfOne).put(kHalfTwo).put<uint32_t>(0x80000001u);
  for (uint32_t i = 0; i < 16; ++i) {
    q50.put<uint8_t>(0x52);
    q51.put<uint8_t>(0x52);
  }
  const auto w50 = expand(TensorType::Q5_0, q50.get()), w51 = expand(TensorType::Q5_1, q51.get());
  EXPECT_EQ(w50[0], 2.0f);
  EXPECT_EQ(w50[1], -14.0f);
  EXPECT_EQ(w50[31], 5.0f);
  EXPECT_EQ(w51[0], 20.0f);
  EXPECT_EQ(w51[16], 7.0f);
  q8.put(kHalfTwo);
  for (int i = 0; i < 32; ++i) q8.put(static_cast<int8_t>(i - 16));
  EXPECT_EQ(expand(TensorType::Q8_0, q8.get())[5], -22.0f);
}

// K-quants are packed here the way GGML's quantiser writes them, in its order of loops, and read back.

/// Six-bit scales and mins of Q4_K and Q5_K.
std::vector<uint8_t> packScalesAndMins(const std::vector<uint32_t>& scales,
                                       const std::vector<uint32_t>& mins) {
  std::vector<uint8_t> packed(12, 0);
  for (size_t j = 0; j < 8; ++j) {
    if (j < 4) {
      packed[j] = static_cast<uint8_t>(packed[j] | scales[j]);
      packed[j + 4] = static_cast<uint8_t>(packed[j + 4] | mins[j]);
    } else {
      packed[j + 4] = static_cast<uint8_t>((scales[j] & 15u) | (mins[j] & 15u) << 4);
      packed[j - 4] = static_cast<uint8_t>(packed[j - 4] | (scales[j] >> 4) << 6);
      packed[j] = static_cast<uint8_t>(packed[j] | (mins[j] >> 4) << 6);
    }
  }
  return packed;
}

TEST(TensorFormat, Q4KAndQ5K) {
  const auto scales = randomCodes(64, 1), mins = randomCodes(64, 2);
  for (const uint32_t bits : {4u, 5u}) {
    const auto codes = randomCodes(1u << bits, 3);
    std::vector<uint8_t> low(128), high(32, 0);
    for (size_t chunk = 0; chunk < 4; ++chunk) {
      for (size_t l = 0; l < 32; ++l) {
        const uint32_t a = codes[chunk * 64 + l], b = codes[chunk * 64 + 32 + l];
        low[chunk * 32 + l] = static_cast<uint8_t>((a & 15u) | (b & 15u) << 4);
        high[l] = static_cast<uint8_t>(high[l] | (a >> 4) << (2 * chunk) | (b >> 4) << (2 * chunk + 1));
      }
    }
    Bytes block;
    block.put(kHalfTwo).put(kHalfOne).append(packScalesAndMins(scales, mins));
    if (bits == 5) block.append(high);
    block.append(low);
    const auto w = expand(bits == 4 ? TensorType::Q4K : TensorType::Q5K, block.get());
    for (size_t i = 0; i < 256; ++i) {
      EXPECT_EQ(w[i], 2.0f * static_cast<float>(scales[i / 32] * codes[i]) - static_cast<float>(mins[i / 32]))
          << i;
    }
  }
}

TEST(TensorFormat, Q2K) {
  const auto scales = randomCodes(16, 4), mins = randomCodes(16, 5), codes = randomCodes(4, 6);
  Bytes block;
  for (size_t s = 0; s < 16; ++s) block.put(static_cast<uint8_t>(scales[s] | mins[s] << 4));
  for (size_t half = 0; half < 256; half += 128) {
    for (size_t l = half; l < half + 32; ++l) {
      block.put(
          static_cast<uint8_t>(codes[l] | codes[l + 32] << 2 | codes[l + 64] << 4 | codes[l + 96] << 6));
    }
  }
  block.put(kHalfTwo).put(kHalfOne);
  const auto w = expand(TensorType::Q2K, block.get());
  for (size_t i = 0; i < 256; ++i) {
    EXPECT_EQ(w[i], 2.0f * static_cast<float>(scales[i / 16] * codes[i]) - static_cast<float>(mins[i / 16]))
        << i;
  }
}

TEST(TensorFormat, Q3K) {
  const auto scales = randomCodes(64, 7), codes = randomCodes(8, 8);
  std::vector<uint8_t> high(32, 0), low, packed(12, 0);
  for (size_t i = 0; i < 256; ++i)
    high[i % 32] = static_cast<uint8_t>(high[i % 32] | (codes[i] >> 2) << (i / 32));
  for (size_t half = 0; half < 256; half += 128) {
    for (size_t l = half; l < half + 32; ++l) {
      low.push_back(static_cast<uint8_t>((codes[l] & 3u) | (codes[l + 32] & 3u) << 2 |
                                         (codes[l + 64] & 3u) << 4 | (codes[l + 96] & 3u) << 6));
    }
  }
  for (size_t j = 0; j < 16; ++j) {
    packed[j % 8] = static_cast<uint8_t>(packed[j % 8] | (scales[j] & 15u) << (j < 8 ? 0 : 4));
    packed[8 + j % 4] = static_cast<uint8_t>(packed[8 + j % 4] | (scales[j] >> 4) << (2 * (j / 4)));
  }
  Bytes block;
  block.append(high).append(low).append(packed).put(kHalfTwo);
  const auto w = expand(TensorType::Q3K, block.get());
  for (size_t i = 0; i < 256; ++i) {
    EXPECT_EQ(w[i],
              2.0f * (static_cast<float>(scales[i / 16]) - 32.0f) * (static_cast<float>(codes[i]) - 4.0f))
        << i;
  }
}

TEST(TensorFormat, Q6K) {
  const auto scales = randomCodes(256, 9), codes = randomCodes(64, 10);
  std::vector<uint8_t> low, high;
  for (size_t half = 0; half < 256; half += 128) {
    for (size_t l = half; l < half + 64; ++l) {
      low.push_back(static_cast<uint8_t>((codes[l] & 15u) | (codes[l + 64] & 15u) << 4));
    }
    for (size_t l = half; l < half + 32; ++l) {
      high.push_back(static_cast<uint8_t>(codes[l] >> 4 | (codes[l + 32] >> 4) << 2 |
                                          (codes[l + 64] >> 4) << 4 | (codes[l + 96] >> 4) << 6));
    }
  }
  Bytes block;
  block.append(low).append(high);
  for (size_t s = 0; s < 16; ++s) block.put(static_cast<uint8_t>(scales[s]));
  block.put(kHalfTwo);
  const auto w = expand(TensorType::Q6K, block.get());
  for (size_t i = 0; i < 256; ++i) {
    const float scale = static_cast<float>(static_cast<int8_t>(scales[i / 16]));
    EXPECT_EQ(w[i], 2.0f * scale * (static_cast<float>(codes[i]) - 32.0f)) << i;
  }
}

TEST(TensorFormat, AwqIsNotStoredInBlocks) {
  EXPECT_THROW(tensorFormat(TensorType::Awq4), std::logic_error);
}

}  // namespace
}  // namespace pim::host::test
