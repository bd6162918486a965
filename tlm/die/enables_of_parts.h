#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <tlm>
#include <vector>

namespace pim {

/// The byte enables of a payload that is cut into parts: their pattern repeats over all of the data, and each
/// part goes on where the one before it ended. A pattern, where there is one, has at least a byte.
class EnablesOfParts {
 public:
  explicit EnablesOfParts(tlm::tlm_generic_payload& payload)
      : m_payload(payload),
        m_pattern(payload.get_byte_enable_ptr()),
        m_period(payload.get_byte_enable_length()) {}

  /// Makes the payload's enables those from byte `begin` of all data on; from 0: as they came.
  void setFrom(std::size_t begin) {
    if (m_pattern == nullptr) return;
    const auto shift = static_cast<std::ptrdiff_t>(begin % m_period);
    if (shift == 0) return m_payload.set_byte_enable_ptr(m_pattern);
    m_rotated.resize(m_period);
    std::rotate_copy(m_pattern, m_pattern + shift, m_pattern + m_period, m_rotated.begin());
    m_payload.set_byte_enable_ptr(m_rotated.data());
  }

 private:
  tlm::tlm_generic_payload& m_payload;
  unsigned char* m_pattern;
  unsigned m_period;
  std::vector<std::uint8_t> m_rotated;
};

}  // namespace pim
