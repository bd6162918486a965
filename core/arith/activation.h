#pragma once

#include <cstdint>

#include "core/base/fixed_point.h"

/// Activations as the banks receive them: mantissas with one shift per group and one base exponent per
/// vector. A record (abi/pim_layout.h) holds one column part or K tile of a vector. All records of a vector
/// share `base`, so partial sums of different records can be added directly.
namespace pim {

struct ActivationFormat {
  std::uint32_t group = 128;  ///< group of the weights by which the vector is multiplied
  std::uint32_t bits = 16;    ///< of a mantissa: 16 (A16) or 8 (A8)
};

constexpr int kMaxActivationShift = 12;

/// The scale of a whole vector, chosen before any of its records is written.
struct ActivationScale {
  int low = 0;  ///< exponent of shift 0, in units of the Q16 LSB: base = low - 16
  int base() const { return low - 16; }
};

/// Chooses the scale of the vector x[n]; n is a multiple of the group.
ActivationScale chooseScale(const Q16* x, std::uint32_t n, const ActivationFormat& format);

std::uint32_t activationRecordBytes(std::uint32_t k, const ActivationFormat& format);

/// Writes the record of x[k], a part of the vector for which `scale` was chosen; k is a multiple of the
/// group.
void writeRecord(const Q16* x, std::uint32_t k, const ActivationFormat& format, ActivationScale scale,
                 std::uint8_t* record);

/// Writes the records of a vector cut into tiles of `tile` elements (the last may be shorter); record t goes
/// to records + t * stride bytes.
void writeTiledRecords(const Q16* x, std::uint32_t n, std::uint32_t tile, const ActivationFormat& format,
                       ActivationScale scale, std::uint8_t* records, std::uint32_t stride);

/// Reads one record: x_i = mantissa(i) * 2^(base + shift(i / group)).
class ActivationView {
 public:
  ActivationView(const std::uint8_t* record, std::uint32_t k, const ActivationFormat& format)
      : m_record(record),
        m_shifts(record + k * format.bits / 8),
        m_k(k),
        m_group(format.group),
        m_bits(format.bits) {}

  std::uint32_t k() const { return m_k; }
  std::uint32_t group() const { return m_group; }
  std::uint32_t bits() const { return m_bits; }
  std::int16_t mantissa(std::uint32_t i) const {
    return m_bits == 16 ? loadS16(m_record + 2 * i) : static_cast<std::int8_t>(m_record[i]);
  }
  const std::uint8_t* mantissas() const { return m_record; }
  int shift(std::uint32_t g) const { return m_shifts[g]; }
  int base() const { return static_cast<std::int8_t>(m_shifts[m_k / m_group]); }

 private:
  const std::uint8_t* m_record;
  const std::uint8_t* m_shifts;
  std::uint32_t m_k;
  std::uint32_t m_group;
  std::uint32_t m_bits;
};

}  // namespace pim
