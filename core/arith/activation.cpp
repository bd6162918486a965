#include "core/arith/activation.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "abi/pim_layout.h"

namespace pim {
namespace {

int mantissaLimit(std::uint32_t bits) {
  return bits == 16 ? 32767 : 127;
}

/// Returns e_g of docs/numerics.md. At most 17 (A16) or 25 (A8), since |x| <= 2^31.
int groupExponent(const Q16* x, const ActivationFormat& format) {
  std::int64_t largest = 0;
  for (std::uint32_t i = 0; i < format.group; ++i) largest = std::max(largest, magnitude(x[i]));
  int e = 0;
  while (roundShift(largest, e) > mantissaLimit(format.bits)) ++e;
  return e;
}

}  // namespace

ActivationScale chooseScale(const Q16* x, std::uint32_t n, const ActivationFormat& format) {
  assert(n % format.group == 0);
  int largest = 0;
  for (std::uint32_t i = 0; i < n; i += format.group)
    largest = std::max(largest, groupExponent(x + i, format));
  return ActivationScale{std::max(0, largest - kMaxActivationShift)};
}

std::uint32_t activationRecordBytes(std::uint32_t k, const ActivationFormat& format) {
  return pim_activation_record_bytes(k, format.group, format.bits);
}

void writeRecord(const Q16* x, std::uint32_t k, const ActivationFormat& format, ActivationScale scale,
                 std::uint8_t* record) {
  assert(k % format.group == 0 && (format.bits == 16 || format.bits == 8));
  std::memset(record, 0, activationRecordBytes(k, format));
  const int limit = mantissaLimit(format.bits);
  std::uint8_t* shifts = record + k * format.bits / 8;
  for (std::uint32_t first = 0; first < k; first += format.group) {
    const int e = std::max(groupExponent(x + first, format), scale.low);
    assert(e - scale.low <= kMaxActivationShift);
    shifts[first / format.group] = static_cast<std::uint8_t>(e - scale.low);
    for (std::uint32_t i = first; i < first + format.group; ++i) {
      const auto m = clampTo(roundShift(x[i], e), -limit, limit);
      if (format.bits == 16)
        storeS16(record + 2 * i, static_cast<std::int16_t>(m));
      else
        record[i] = static_cast<std::uint8_t>(m);
    }
  }
  shifts[k / format.group] = static_cast<std::uint8_t>(scale.base());
}

void writeTiledRecords(const Q16* x, std::uint32_t n, std::uint32_t tile, const ActivationFormat& format,
                       ActivationScale scale, std::uint8_t* records, std::uint32_t stride) {
  for (std::uint32_t first = 0; first < n; first += tile, records += stride)
    writeRecord(x + first, std::min(tile, n - first), format, scale, records);
}

}  // namespace pim
