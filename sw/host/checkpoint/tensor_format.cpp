#include "sw/host/checkpoint/tensor_format.h"

#include <cstring>
#include <stdexcept>

#include "sw/host/checkpoint/byte_reader.h"
#include "sw/host/checkpoint/half_float.h"

namespace pim::host {
namespace {

float half(const uint8_t* at) {
  return halfToFloat(loadLittle<uint16_t>(at));
}

int lowBits(uint32_t value, uint32_t shift, uint32_t bits) {
  return static_cast<int>((value >> shift) & ((1u << bits) - 1u));
}

void expandF16(const uint8_t* in, float* out) {
  *out = half(in);
}
void expandBF16(const uint8_t* in, float* out) {
  *out = bfloat16ToFloat(loadLittle<uint16_t>(in));
}
void expandF32(const uint8_t* in, float* out) {
  *out = loadLittle<float>(in);
}

// Formats with 32 elements per block: element i is the low nibble of byte i, element i + 16 the high one.
void expandQ4_0(const uint8_t* in, float* out) {
  const float d = half(in);
  for (uint32_t i = 0; i < 32; ++i) {
    out[i] = d * static_cast<float>(lowBits(in[2 + i % 16], i / 16 * 4, 4) - 8);
  }
}

void expandQ4_1(const uint8_t* in, float* out) {
  const float d = half(in), m = half(in + 2);
  for (uint32_t i = 0; i < 32; ++i) {
    out[i] = d * static_cast<float>(lowBits(in[4 + i % 16], i / 16 * 4, 4)) + m;
  }
}

int fiveBits(const uint8_t* high, const uint8_t* low, uint32_t i) {
  return lowBits(low[i % 16], i / 16 * 4, 4) | lowBits(loadLittle<uint32_t>(high), i, 1) << 4;
}

void expandQ5_0(const uint8_t* in, float* out) {
  const float d = half(in);
  for (uint32_t i = 0; i < 32; ++i) out[i] = d * static_cast<float>(fiveBits(in + 2, in + 6, i) - 16);
}

void expandQ5_1(const uint8_t* in, float* out) {
  const float d = half(in), m = half(in + 2);
  for (uint32_t i = 0; i < 32; ++i) out[i] = d * static_cast<float>(fiveBits(in + 4, in + 8, i)) + m;
}

void expandQ8_0(const uint8_t* in, float* out) {
  const float d = half(in);
  for (uint32_t i = 0; i < 32; ++i) out[i] = d * static_cast<float>(static_cast<int8_t>(in[2 + i]));
}

// K-quants, 256 elements per block. Codes are stored in planes: `plane` counts runs of 32 elements in a half
// of the block (or in the block).
void expandQ2K(const uint8_t* in, float* out) {
  const uint8_t* scales = in;
  const uint8_t* codes = in + 16;
  const float d = half(in + 80), dmin = half(in + 82);
  for (uint32_t i = 0; i < 256; ++i) {
    const uint32_t plane = i % 128 / 32;
    const int code = lowBits(codes[i / 128 * 32 + i % 32], 2 * plane, 2);
    const uint8_t scale = scales[i / 16];
    out[i] =
        d * static_cast<float>(scale & 15) * static_cast<float>(code) - dmin * static_cast<float>(scale >> 4);
  }
}

void expandQ3K(const uint8_t* in, float* out) {
  const uint8_t* highBits = in;
  const uint8_t* codes = in + 32;
  const uint8_t* scales = in + 96;
  const float d = half(in + 108);
  for (uint32_t i = 0; i < 256; ++i) {
    const uint32_t s = i / 16;
    const int scale = lowBits(scales[s % 8], s / 8 * 4, 4) | lowBits(scales[8 + s % 4], s / 4 * 2, 2) << 4;
    const int code = lowBits(codes[i / 128 * 32 + i % 32], 2 * (i % 128 / 32), 2);
    const int high = lowBits(highBits[i % 32], i / 32, 1);
    out[i] = d * static_cast<float>(scale - 32) * static_cast<float>(code - (high != 0 ? 0 : 4));
  }
}

struct ScaleAndMin {
  int scale;
  int min;
};

// Returns a pair of the eight 6-bit scales and eight 6-bit minima in 12 bytes: the first four pairs are
// stored directly, the others in the remaining bits.
ScaleAndMin sixBitPair(const uint8_t* packed, uint32_t index) {
  if (index < 4) return {packed[index] & 63, packed[index + 4] & 63};
  const uint32_t j = index - 4;
  return {(packed[j + 8] & 15) | (packed[j] >> 6) << 4, (packed[j + 8] >> 4) | (packed[j + 4] >> 6) << 4};
}

void expandQ4K(const uint8_t* in, float* out) {
  const float d = half(in), dmin = half(in + 2);
  const uint8_t* codes = in + 16;
  for (uint32_t i = 0; i < 256; ++i) {
    const ScaleAndMin sm = sixBitPair(in + 4, i / 32);
    const int code = lowBits(codes[i / 64 * 32 + i % 32], i % 64 / 32 * 4, 4);
    out[i] = d * static_cast<float>(sm.scale) * static_cast<float>(code) - dmin * static_cast<float>(sm.min);
  }
}

void expandQ5K(const uint8_t* in, float* out) {
  const float d = half(in), dmin = half(in + 2);
  const uint8_t* highBits = in + 16;
  const uint8_t* codes = in + 48;
  for (uint32_t i = 0; i < 256; ++i) {
    const ScaleAndMin sm = sixBitPair(in + 4, i / 32);
    const int code =
        lowBits(codes[i / 64 * 32 + i % 32], i % 64 / 32 * 4, 4) | lowBits(highBits[i % 32], i / 32, 1) << 4;
    out[i] = d * static_cast<float>(sm.scale) * static_cast<float>(code) - dmin * static_cast<float>(sm.min);
  }
}

void expandQ6K(const uint8_t* in, float* out) {
  const uint8_t* low = in;
  const uint8_t* high = in + 128;
  const uint8_t* scales = in + 192;
  const float d = half(in + 208);
  for (uint32_t i = 0; i < 256; ++i) {
    const uint32_t plane = i % 128 / 32;
    const int code = lowBits(low[i / 128 * 64 + plane % 2 * 32 + i % 32], plane / 2 * 4, 4) |
                     lowBits(high[i / 128 * 32 + i % 32], 2 * plane, 2) << 4;
    const auto scale = static_cast<int8_t>(scales[i / 16]);
    out[i] = d * static_cast<float>(scale) * static_cast<float>(code - 32);
  }
}

using Expand = void (*)(const uint8_t*, float*);

struct FormatEntry {
  TensorFormat format;
  Expand expand;
};

const FormatEntry& entry(TensorType type) {
  static constexpr FormatEntry kEntries[] = {
      {{"F32", 1, 4}, expandF32},      {{"F16", 1, 2}, expandF16},      {{"BF16", 1, 2}, expandBF16},
      {{"Q4_0", 32, 18}, expandQ4_0},  {{"Q4_1", 32, 20}, expandQ4_1},  {{"Q5_0", 32, 22}, expandQ5_0},
      {{"Q5_1", 32, 24}, expandQ5_1},  {{"Q8_0", 32, 34}, expandQ8_0},  {{"Q2_K", 256, 84}, expandQ2K},
      {{"Q3_K", 256, 110}, expandQ3K}, {{"Q4_K", 256, 144}, expandQ4K}, {{"Q5_K", 256, 176}, expandQ5K},
      {{"Q6_K", 256, 210}, expandQ6K},
  };
  const auto index = static_cast<size_t>(type);
  if (index >= std::size(kEntries)) throw std::logic_error("this tensor type is not stored in blocks");
  return kEntries[index];
}

}  // namespace

const TensorFormat& tensorFormat(TensorType type) {
  return entry(type).format;
}

void dequantize(TensorType type, const uint8_t* blocks, uint64_t elements, float* out) {
  if (type == TensorType::F32) {
    std::memcpy(out, blocks, elements * sizeof(float));
    return;
  }
  const FormatEntry& e = entry(type);
  for (uint64_t done = 0; done < elements; done += e.format.blockElements) {
    e.expand(blocks, out + done);
    blocks += e.format.blockBytes;
  }
}

}  // namespace pim::host
