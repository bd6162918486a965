#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "tlm/rtl/save_file.h"
#include "verilated_vcd_c.h"

namespace pim {

/// Writes the waveform of a Verilated block, with a save file for GTKWave, while one is requested.
class BlockTrace {
 public:
  BlockTrace() = default;
  ~BlockTrace() { close(); }
  BlockTrace(const BlockTrace&) = delete;
  BlockTrace& operator=(const BlockTrace&) = delete;

  /// Begins FILE.vcd; returns false if it cannot be written.
  template <typename Block>
  bool open(Block& block, const std::string& file) {
    close();
    block.trace(&m_vcd, 99);
    m_vcd.open(file.c_str());
    if (!m_vcd.isOpen()) return false;
    m_file = file;
    m_last = -1;
    return true;
  }
  /// Writes the signals of the block at `picoseconds`, or slightly later if that time was already written.
  void dump(std::int64_t picoseconds) {
    if (!m_vcd.isOpen()) return;
    m_first = m_last < 0 ? picoseconds : m_first;
    m_last = std::max(m_last + 1, picoseconds);
    m_vcd.dump(static_cast<std::uint64_t>(m_last));
  }
  void close() {
    if (!m_vcd.isOpen()) return;
    m_vcd.close();
    writeSaveFile(m_file, m_first, m_last);
  }

 private:
  VerilatedVcdC m_vcd;
  std::string m_file;
  std::int64_t m_first = 0, m_last = -1;
};

}  // namespace pim
