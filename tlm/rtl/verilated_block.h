#pragma once

#include <memory>

#include "tlm/rtl/coverage.h"
#include "verilated.h"

namespace pim {

/// A Verilated block in a context of its own, beside any number of others.
///
/// Verilator 5.006 takes the scopes of a block that ends off the context that its thread used last: that has
/// to be the block's own, not one of another block, which may be gone.
template <typename Block>
class VerilatedBlock {
 public:
  /// `name`: of the block in what is counted for coverage; null: it does not count.
  explicit VerilatedBlock(const char* name) : m_name(name) { m_context.traceEverOn(true); }
  ~VerilatedBlock() {
    Verilated::threadContextp(&m_context);
    m_block->final();
    if (m_name != nullptr) writeCoverage(m_context, m_name);
    m_block.reset();
    Verilated::threadContextp(Verilated::defaultContextp());
  }
  VerilatedBlock(const VerilatedBlock&) = delete;
  VerilatedBlock& operator=(const VerilatedBlock&) = delete;

  Block& operator*() { return *m_block; }

 private:
  const char* m_name;
  VerilatedContext m_context;
  std::unique_ptr<Block> m_block = std::make_unique<Block>(&m_context);
};

}  // namespace pim
