#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <tlm>
#include <vector>

namespace pim {

/// The byte enables of a payload that is split into parts. The pattern of enables repeats over the whole
/// data, and each part continues it where the previous part ended. A pattern has at least one byte.
class EnablesOfParts {
 public:
  explicit EnablesOfParts(tlm::tlm_generic_payload& payload)
      : m_payload(payload),
        m_pattern(payload.get_byte_enable_ptr()),
        m_period(payload.get_byte_enable_length()) {}

  /// Sets the payload's enables to those from byte `begin` of the whole data on; 0 restores the original
  /// ones.
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
