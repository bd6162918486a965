#pragma once

#include <cstdint>

#include "sw/host/layout/layout.h"
#include "sw/host/quantise/quantized_model.h"

namespace pim::host {

/// The destination of a packed model: the memories of a chip, a file, a test.
class MemorySink {
 public:
  virtual ~MemorySink() = default;
  /// Writes `bytes` bytes to BMEM of a bank. Several threads may call it at once for different bytes.
  virtual void writeBank(std::uint32_t die, std::uint32_t bank, std::uint32_t offset,
                         const std::uint8_t* data, std::uint32_t bytes) = 0;
  /// Writes to Controller memory (a bus address of CRAM or CMEM).
  virtual void writeController(std::uint32_t address, const std::uint8_t* data, std::uint32_t bytes) = 0;
};

/// Copies the values that the planner does not know from the model: exponents and end-of-sequence ids.
/// UserError: model and layout do not belong together.
void bindModel(Layout& layout, const QuantizedModel& model);

/// Writes the plan and the layer table, which is all that the firmware needs for runs without data.
void packPlan(const Layout& layout, MemorySink& sink);

/// Writes plan, layer table, gains and frequencies of a bound layout.
void packTables(const Layout& layout, const QuantizedModel& model, MemorySink& sink);

/// Writes the embedding, and the matrices row by row. Rows that pad a matrix to whole slots are not written,
/// because the memory of the banks is initially zero, which is a zero weight.
void packWeights(const Layout& layout, const QuantizedModel& model, MemorySink& sink);

/// Writes tables and weights.
void packModel(const Layout& layout, const QuantizedModel& model, MemorySink& sink);

/// Binds and writes the matrix of a layout of planMatrix().
void packMatrix(Layout& layout, const QuantizedMatrix& matrix, MemorySink& sink);

}  // namespace pim::host
