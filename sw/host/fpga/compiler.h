#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/base/model_shape.h"
#include "core/fpga/buffers.h"
#include "core/fpga/instruction.h"
#include "core/fpga/operator.h"
#include "sw/host/fpga/attention_mask.h"

namespace pim::host::fpga {

using pim::fpga::Instruction;
using pim::fpga::Operator;
using pim::fpga::OperatorKind;

/// The properties of the machine, and of the compression of the model, that the compiler needs beside the
/// shape of the model.
struct CompilerOptions {
  std::uint32_t mvOutputs{};  ///< that an MV instruction computes
  pim::fpga::BufferDepths depths{};
  double queryKeyDensity{};         ///< kept share of the weights of the q and k projections
  double density{};                 ///< and of all other matrices
  std::uint32_t weightBits{};       ///< of a kept weight
  std::uint32_t kvBits{};           ///< of an element of the KV cache
  std::uint32_t sparseIndexBits{};  ///< loaded beside a kept weight where density is below 1
  // Differences between FlightLLM's published compiler and a real machine; see docs/flightllm.md.
  bool cacheReload{};    ///< each decode step loads K and V once more before it uses them
  bool outputPadding{};  ///< MV takes the time of all its outputs where fewer exist
  bool loadPadding{};    ///< K is loaded as if all its columns existed, above one MV's outputs
  bool fullMisc{};  ///< MISC fused to a linear operator of the prefill sees all elements, not a sixteenth
};

/// Receives the instructions of one operator at a time, in program order.
using OperatorSink = std::function<void(const Operator&, const std::vector<Instruction>&)>;

/// Compiles a shape, its compression and a length to the program of a core. All cores run the same program.
class Compiler {
 public:
  Compiler(const ModelShape& shape, const CompilerOptions& options);

  /// Compiles a step that attends to `context` tokens, including its own. UserError: a buffer cannot hold two
  /// pieces of work, so that nothing would overlap.
  void decode(std::uint32_t context, const OperatorSink& sink) const;
  /// Compiles a prefill of `tokens`; the same UserError.
  void prefill(std::uint32_t tokens, const AttentionMask& mask, const OperatorSink& sink) const;

  /// Bytes of instruction memory that these programs take.
  std::uint64_t decodeBytes(std::uint32_t context) const;
  std::uint64_t prefillBytes(std::uint32_t tokens, const AttentionMask& mask) const;

 private:
  template <typename Program>
  void writeDecode(std::uint32_t context, Program& program) const;
  template <typename Program>
  void writePrefill(std::uint32_t tokens, const AttentionMask& mask, Program& program) const;

  ModelShape m_shape;
  CompilerOptions m_options;
};

}  // namespace pim::host::fpga
