#include "sw/host/checkpoint/llama2c.h"

#include <fmt/format.h>

#include <cstdlib>

#include "core/base/error.h"
#include "sw/host/checkpoint/byte_reader.h"

namespace pim::host {
namespace {

ModelShape readHeader(ByteReader& in, const std::string& source) {
  const auto number = [&](const char* what) {
    const auto value = in.read<int32_t>(what);
    if (value <= 0)
      throw UserError(
          fmt::format("{}: expected a llama2.c checkpoint: {}: expected a positive number, found {}", source,
                      what, value));
    return static_cast<uint32_t>(value);
  };
  ModelShape shape;
  shape.name = "llama2.c";
  shape.hidden = number("hidden size");
  shape.mlp = number("MLP size");
  shape.layers = number("layers");
  shape.heads = number("heads");
  shape.kvHeads = number("key/value heads");
  const auto vocab = in.read<int32_t>("vocabulary");
  shape.vocab = static_cast<uint32_t>(std::abs(int64_t{vocab}));
  shape.tiedEmbeddings = vocab > 0;
  shape.context = number("context");
  if (shape.hidden % shape.heads != 0) {
    throw UserError(
        fmt::format("{}: expected a llama2.c checkpoint: heads: {} do not divide the hidden size {}", source,
                    shape.heads, shape.hidden));
  }
  shape.headDim = shape.hidden / shape.heads;
  shape.ropeTheta = 10000.0;
  shape.rmsEpsilon = 1e-5;
  return shape;
}

/// Takes the tensors from the file in the order in which they are stored.
class Taker {
 public:
  Taker(ByteReader& in, Checkpoint& checkpoint) : m_in(in), m_checkpoint(checkpoint) {}

  void matrix(TensorRole role, uint32_t layer, uint64_t rows, uint64_t columns) {
    TensorView view;
    view.name = std::string(roleName(role)) + (layer == 0 ? "" : fmt::format(" of layer {}", layer));
    view.rows = rows;
    view.columns = columns;
    view.data = m_in.take(rows * columns * sizeof(float), view.name);
    m_checkpoint.add(role, layer, view);
  }
  /// Takes one matrix per layer, one after another.
  void layers(TensorRole role, uint64_t rows, uint64_t columns) {
    for (uint32_t l = 0; l < m_checkpoint.shape().layers; ++l) matrix(role, l, rows, columns);
  }

 private:
  ByteReader& m_in;
  Checkpoint& m_checkpoint;
};

}  // namespace

Checkpoint llama2cCheckpoint(ByteSpan bytes, const std::string& source) {
  ByteReader in(bytes, source);
  Checkpoint checkpoint(source, readHeader(in, source));
  const ModelShape& s = checkpoint.shape();
  Taker take(in, checkpoint);
  take.matrix(TensorRole::TokenEmbedding, 0, s.vocab, s.hidden);
  take.layers(TensorRole::AttentionNorm, 1, s.hidden);
  take.layers(TensorRole::Query, s.hidden, s.hidden);
  take.layers(TensorRole::Key, s.kvWidth(), s.hidden);
  take.layers(TensorRole::Value, s.kvWidth(), s.hidden);
  take.layers(TensorRole::AttentionOutput, s.hidden, s.hidden);
  take.layers(TensorRole::MlpNorm, 1, s.hidden);
  take.layers(TensorRole::Gate, s.mlp, s.hidden);
  take.layers(TensorRole::Down, s.hidden, s.mlp);
  take.layers(TensorRole::Up, s.mlp, s.hidden);
  take.matrix(TensorRole::OutputNorm, 0, 1, s.hidden);
  // Skips the cosines and sines of old exporters, [context][headDim / 2] each. The chip has its own tables.
  in.take(uint64_t{s.context} * s.headDim * sizeof(float), "rotary tables");
  if (!s.tiedEmbeddings) take.matrix(TensorRole::Output, 0, s.vocab, s.hidden);
  if (in.remaining() != 0) {
    throw UserError(
        fmt::format("{}: expected a llama2.c checkpoint, found {} bytes more than its header announces",
                    source, in.remaining()));
  }
  checkpoint.checkComplete();
  return checkpoint;
}

Checkpoint llama2cCheckpoint(std::shared_ptr<const MappedFile> file) {
  Checkpoint checkpoint = llama2cCheckpoint(file->bytes(), file->path());
  checkpoint.keepAlive(std::move(file));
  return checkpoint;
}

}  // namespace pim::host
