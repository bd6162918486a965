#include "sw/host/fpga/compiler.h"

#include "sw/host/fpga/operators.h"

namespace pim::host::fpga {
namespace {

/// Passes each operator on as soon as it is compiled.
class StreamedProgram {
 public:
  explicit StreamedProgram(const OperatorSink& sink) : m_sink(sink) {}

  template <typename Body>
  void add(Operator what, Body body, bool last = false) {
    Emitter emitter(m_instructions);
    body(emitter);
    emitter.finish(m_first, last);
    m_first = false;
    m_sink(what, m_instructions);
  }

 private:
  const OperatorSink& m_sink;
  std::vector<Instruction> m_instructions;
  bool m_first = true;
};

/// Counts the bytes that a program takes in the instruction memory.
class CountedProgram {
 public:
  template <typename Body>
  void add(Operator, Body body, bool last = false) {
    Emitter emitter;
    body(emitter);
    emitter.finish(false, last);
    m_bytes += emitter.bytes();
  }
  std::uint64_t bytes() const { return m_bytes; }

 private:
  std::uint64_t m_bytes = 0;
};

/// The matrices of a layer and the head, with the operations that FlightLLM's compiler fuses to them.
struct LayerMatrices {
  LayerMatrices(const ModelShape& s, const CompilerOptions& o)
      : query{s.queryWidth(), s.hidden, o.queryKeyDensity, true, Fused::Rope},
        key{s.kvWidth(), s.hidden, o.queryKeyDensity, true, Fused::Rope},
        value{s.kvWidth(), s.hidden, o.density, true, Fused::Nothing},
        output{s.hidden, s.queryWidth(), o.density, true, Fused::Elementwise},
        gate{s.mlp, s.hidden, o.density, false, Fused::Silu},
        up{s.mlp, s.hidden, o.density, false, Fused::Elementwise},
        down{s.hidden, s.mlp, o.density, false, Fused::Elementwise},
        head{s.vocab, s.hidden, o.density, false, Fused::Nothing} {}
  Linear query, key, value, output, gate, up, down, head;
};

}  // namespace

Compiler::Compiler(const ModelShape& shape, const CompilerOptions& options)
    : m_shape(shape), m_options(options) {}

template <typename Program>
void Compiler::writeDecode(std::uint32_t context, Program& program) const {
  const ModelShape& s = m_shape;
  const CompilerOptions& o = m_options;
  const LayerMatrices matrices(s, o);
  const std::uint64_t cached = std::uint64_t{s.kvWidth()} * (context - 1);
  const auto norm = [&](Emitter& e) { normOperator(e, 1, s.hidden, o); };
  const auto linear = [&](const Linear& matrix) { return [&](Emitter& e) { linearMv(e, matrix, o); }; };
  const auto concat = [&](Emitter& e) { concatMv(e, cached, o); };
  for (std::uint32_t layer = 0; layer < s.layers; ++layer) {
    program.add({OperatorKind::Norm, layer}, norm);
    program.add({OperatorKind::Query, layer}, linear(matrices.query));
    program.add({OperatorKind::Key, layer}, linear(matrices.key));
    program.add({OperatorKind::Value, layer}, linear(matrices.value));
    if (o.cacheReload) {
      program.add({OperatorKind::Concat, layer}, concat);
      program.add({OperatorKind::Concat, layer}, concat);
    }
    program.add({OperatorKind::Score, layer}, [&](Emitter& e) { scoreMv(e, s, context, o); });
    program.add({OperatorKind::Context, layer}, [&](Emitter& e) { contextMv(e, s, context, o); });
    program.add({OperatorKind::Output, layer}, linear(matrices.output));
    program.add({OperatorKind::Norm, layer, true}, norm);
    program.add({OperatorKind::Gate, layer}, linear(matrices.gate));
    program.add({OperatorKind::Up, layer}, linear(matrices.up));
    program.add({OperatorKind::Down, layer}, linear(matrices.down));
  }
  program.add({OperatorKind::Norm, s.layers}, norm);
  program.add({OperatorKind::Head, s.layers}, linear(matrices.head), true);
}

template <typename Program>
void Compiler::writePrefill(std::uint32_t tokens, const AttentionMask& mask, Program& program) const {
  const ModelShape& s = m_shape;
  const CompilerOptions& o = m_options;
  mask.require(s.layers, s.heads, tokens);
  const LayerMatrices matrices(s, o);
  const auto norm = [&](Emitter& e) { normOperator(e, tokens, s.hidden, o); };
  const auto linear = [&](const Linear& matrix) {
    return [&](Emitter& e) { linearMm(e, tokens, matrix, o); };
  };
  for (std::uint32_t layer = 0; layer < s.layers; ++layer) {
    const LayerMask own{mask, layer};
    program.add({OperatorKind::Norm, layer}, norm);
    program.add({OperatorKind::Query, layer}, linear(matrices.query));
    program.add({OperatorKind::Key, layer}, linear(matrices.key));
    program.add({OperatorKind::Value, layer}, linear(matrices.value));
    program.add({OperatorKind::Score, layer}, [&](Emitter& e) { scoreMm(e, s, tokens, own, o); });
    program.add({OperatorKind::Context, layer}, [&](Emitter& e) { contextMm(e, s, tokens, own, o); });
    program.add({OperatorKind::Output, layer}, linear(matrices.output));
    program.add({OperatorKind::Norm, layer, true}, norm);
    program.add({OperatorKind::Gate, layer}, linear(matrices.gate));
    program.add({OperatorKind::Up, layer}, linear(matrices.up));
    program.add({OperatorKind::Down, layer}, linear(matrices.down));
  }
  program.add({OperatorKind::Norm, s.layers}, norm);
  program.add({OperatorKind::Head, s.layers}, linear(matrices.head), true);
}

void Compiler::decode(std::uint32_t context, const OperatorSink& sink) const {
  StreamedProgram program(sink);
  writeDecode(context, program);
}

void Compiler::prefill(std::uint32_t tokens, const AttentionMask& mask, const OperatorSink& sink) const {
  StreamedProgram program(sink);
  writePrefill(tokens, mask, program);
}

double Compiler::modelBytes() const {
  const LayerMatrices m(m_shape, m_options);
  const auto bytes = [&](const Linear& matrix) {
    const double weights = double{1} * matrix.outputs * matrix.inputs;
    return weightBytes(weights, matrix.density, m_options) + matrix.biasBytes();
  };
  double layer = 0;
  for (const Linear* matrix : {&m.query, &m.key, &m.value, &m.output, &m.gate, &m.up, &m.down})
    layer += bytes(*matrix);
  return m_shape.layers * layer + bytes(m.head);
}

std::uint64_t Compiler::decodeBytes(std::uint32_t context) const {
  CountedProgram program;
  writeDecode(context, program);
  return program.bytes();
}

std::uint64_t Compiler::prefillBytes(std::uint32_t tokens, const AttentionMask& mask) const {
  CountedProgram program;
  writePrefill(tokens, mask, program);
  return program.bytes();
}

}  // namespace pim::host::fpga
