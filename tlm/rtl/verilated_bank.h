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

/// The part of a BankTransactor that is the same for every Verilated bank, whatever its ports: its context,
/// assertions, waveform and saved state. `Top`: the class that Verilator wrote, with --trace and --savable.
/// A derived class drives the pins of top() and calls eval() after each change.
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
  /// `name`: of the block in what is counted for coverage; null: it does not count.
  explicit VerilatedBank(const char* name) : m_block(name) {}

  Top& top() { return *m_block; }

  /// To be called by reset().
  void setDramClock(Picoseconds period) { m_period = period; }

  /// Evaluates the block, with `clk` as its DRAM clock is now.
  void eval() {
    top().eval();
    // A cycle begins with the rising edge that ends the one before.
    m_trace.dump(m_high ? m_cycle * m_period : m_cycle * m_period + m_period / 2);
    requireAssertions();
  }

  /// Both edges of the DRAM clock; `between` runs after the rising one, where inputs change.
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

  /// Both edges of any other clock.
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
