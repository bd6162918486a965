#include "sw/host/quantise/stored_blocks.h"

#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sw/host/quantise/stored_blocks.cpp"
#include <hwy/foreach_target.h>  // compiles this file once per instruction set
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace pim::host {
namespace HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR

void repack(const uint8_t* from, size_t stride, const uint8_t* flips, size_t count, uint8_t* codes) {
  for (size_t i = 0; i < count; ++i, from += stride, codes += kStoredBlockCodeBytes) {
    for (size_t n = 0; n < kStoredBlockCodeBytes; n += 2) {
      const int a = from[n] ^ flips[i], b = from[n + 1] ^ flips[i];
      codes[n / 2] = static_cast<uint8_t>((a & 15) | (b & 15) << 4);
      codes[n / 2 + 8] = static_cast<uint8_t>(a >> 4 | (b >> 4) << 4);
    }
  }
}

#else

namespace hn = hwy::HWY_NAMESPACE;

void repack(const uint8_t* from, size_t stride, const uint8_t* flips, size_t count, uint8_t* codes) {
  const hn::CappedTag<uint8_t, 16> bytes;
  const hn::CappedTag<uint16_t, 8> pairs;
  alignas(16) static constexpr uint8_t kToLowHalf[16] = {0,    2,    4,    6,    8,    10,   12,   14,
                                                         0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80};
  alignas(16) static constexpr uint8_t kToHighHalf[16] = {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
                                                          0,    2,    4,    6,    8,    10,   12,   14};
  const auto toLowHalf = Load(bytes, kToLowHalf), toHighHalf = Load(bytes, kToHighHalf);
  const auto lowNibble = Set(pairs, uint16_t{0x000F}), highNibble = Set(pairs, uint16_t{0x00F0});
  for (size_t i = 0; i < count; ++i, from += stride, codes += kStoredBlockCodeBytes) {
    const auto both = BitCast(pairs, Xor(LoadU(bytes, from), Set(bytes, flips[i])));
    // Each byte holds two adjacent codes.
    const auto low = Or(And(both, lowNibble), And(hn::ShiftRight<4>(both), highNibble));
    const auto high = Or(And(hn::ShiftRight<4>(both), lowNibble), And(hn::ShiftRight<8>(both), highNibble));
    StoreU(Or(TableLookupBytesOr0(BitCast(bytes, low), toLowHalf),
              TableLookupBytesOr0(BitCast(bytes, high), toHighHalf)),
           bytes, codes);
  }
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace pim::host
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pim::host {

HWY_EXPORT(repack);

void repackBlocks(const uint8_t* first, size_t stride, const uint8_t* flips, size_t count, uint8_t* codes) {
  HWY_DYNAMIC_DISPATCH(repack)(first, stride, flips, count, codes);
}

}  // namespace pim::host
#endif
