#pragma once

#include <memory>

#include "tlm/rtl/coverage.h"
#include "verilated.h"

namespace pim {

/// A Verilated block in its own context, so that any number of blocks can exist.
///
/// When a block is destroyed, Verilator 5.006 removes its scopes from the context that its thread used last.
/// That must be the block's own context, not one of another block, which may have been destroyed.
template <typename Block>
class VerilatedBlock {
 public:
  /// `name`: of the block in coverage files; null: not counted.
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
