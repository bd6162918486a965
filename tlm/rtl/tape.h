#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "verilated_save.h"

namespace pim {

/// Saves the registers and memories of a Verilated block.
class Tape : public VerilatedSerialize {
 public:
  explicit Tape(std::vector<std::uint8_t>& bytes) : m_bytes(bytes) {
    m_isOpen = true;
    header();
  }
  ~Tape() override {
    trailer();
    save();
  }
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

 private:
  void flush() override { save(); }
  void save() {
    m_bytes.insert(m_bytes.end(), m_bufp, m_cp);
    m_cp = m_bufp;
  }
  std::vector<std::uint8_t>& m_bytes;
};

/// Restores them.
class TapeReader : public VerilatedDeserialize {
 public:
  explicit TapeReader(const std::vector<std::uint8_t>& bytes) : m_bytes(bytes) {
    m_isOpen = true;
    m_endp = m_bufp;
    TapeReader::fill();
    header();
  }
  ~TapeReader() override { m_isOpen = false; }
  TapeReader(const TapeReader&) = delete;
  TapeReader& operator=(const TapeReader&) = delete;

 private:
  void fill() override {
    const std::size_t left = static_cast<std::size_t>(m_endp - m_cp);
    std::memmove(m_bufp, m_cp, left);
    const std::size_t more = std::min(bufferSize() - left, m_bytes.size() - m_at);
    if (more != 0) std::memcpy(m_bufp + left, m_bytes.data() + m_at, more);
    m_at += more;
    m_cp = m_bufp;
    m_endp = m_bufp + left + more;
  }
  const std::vector<std::uint8_t>& m_bytes;
  std::size_t m_at = 0;
};

}  // namespace pim
