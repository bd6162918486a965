#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tlm/rtl/bank_transactor.h"
#include "tlm/rtl/block_trace.h"
#include "tlm/rtl/rtl_assertion.h"
#include "tlm/rtl/tape.h"
#include "tlm/rtl/verilated_block.h"

namespace pim {

/// The common part of a BankTransactor for every Verilated bank, independent of its ports: context,
/// assertions, waveform and saved state. `Top`: the class that Verilator generated, with --trace and
/// --savable. A derived class drives the pins of top() and calls eval() after each change.
template <typename Top>
class VerilatedBank : public BankTransactor {
 public:
  bool trace(const std::string& vcdFile) override {
    m_trace.close();
    if (vcdFile.empty()) return true;
    if (!m_trace.open(top(), vcdFile)) return false;
    eval();
    return true;
  }

  std::vector<std::uint8_t> save() override {
    std::vector<std::uint8_t> registers;
    {
      Tape tape(registers);
      tape << top();
    }
    return registers;
  }

  void restore(const std::vector<std::uint8_t>& registers, std::int64_t cycle) override {
    TapeReader tape(registers);
    tape >> top();
    m_cycle = cycle;
  }

 protected:
  /// `name`: of the block in coverage files; null: not counted.
  explicit VerilatedBank(const char* name) : m_block(name) {}

  Top& top() { return *m_block; }

  /// Sets the clock period. reset() must call it.
  void setDramClock(Picoseconds period) { m_period = period; }

  /// Evaluates the block with the current level of `clk`, its DRAM clock.
  void eval() {
    top().eval();
    // A cycle begins with the rising edge that ends the previous one.
    m_trace.dump(m_high ? m_cycle * m_period : m_cycle * m_period + m_period / 2);
    requireAssertions();
  }

  /// Makes both edges of the DRAM clock; `between` runs after the rising edge, when inputs change.
  template <typename Between>
  void dramCycle(CData& clock, Between between) {
    clock = 1;
    m_high = true;
    ++m_cycle;
    eval();
    between();
    clock = 0;
    m_high = false;
    eval();
  }

  /// Makes both edges of another clock.
  void pulse(CData& clock) {
    clock = 1;
    eval();
    clock = 0;
    eval();
  }

 private:
  VerilatedBlock<Top> m_block;
  BlockTrace m_trace;
  Picoseconds m_period = 1;
  std::int64_t m_cycle = 0;  // of the DRAM clock
  bool m_high = false;
};

}  // namespace pim
