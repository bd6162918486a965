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

/// Properties of the machine and of the model's compression, which the compiler needs in addition to the
/// shape of the model.
struct CompilerOptions {
  std::uint32_t mvOutputs{};  ///< outputs that an MV instruction computes
  pim::fpga::BufferDepths depths{};
  double queryKeyDensity{};         ///< kept weights of the q and k projections, as a share of all
  double density{};                 ///< the same for all other matrices
  std::uint32_t weightBits{};       ///< per kept weight
  std::uint32_t kvBits{};           ///< per element of the KV cache
  std::uint32_t sparseIndexBits{};  ///< loaded per kept weight where density is below 1
  // Differences between FlightLLM's published compiler and a real machine; see docs/flightllm.md.
  bool cacheReload{};    ///< each decode step loads K and V again before it uses them
  bool outputPadding{};  ///< MV takes the time of all its outputs even where fewer exist
  bool loadPadding{};    ///< K is loaded as if all its columns existed, above the outputs of one MV
  bool fullMisc{};  ///< in prefill, MISC fused to a linear operator processes all elements, not a sixteenth
};

/// Receives the instructions of one operator at a time, in program order.
using OperatorSink = std::function<void(const Operator&, const std::vector<Instruction>&)>;

/// Compiles a shape, its compression and a length to the program of a core. All cores run the same program.
class Compiler {
 public:
  Compiler(const ModelShape& shape, const CompilerOptions& options);

  /// Compiles a step that attends to `context` tokens, its own included. UserError: a buffer cannot hold two
  /// pieces of work, so that loads and computation could not overlap.
  void decode(std::uint32_t context, const OperatorSink& sink) const;
  /// Compiles a prefill of `tokens`. Throws the same UserError.
  void prefill(std::uint32_t tokens, const AttentionMask& mask, const OperatorSink& sink) const;

  /// Returns the bytes of all matrices as the programs load them: the kept weights with their indices, and
  /// biases. Programs load no scales and no embedding.
  double modelBytes() const;

  /// Returns the bytes of instruction memory that these programs take.
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
