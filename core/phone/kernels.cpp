#include "core/phone/kernels.h"

namespace pim::phone {
namespace {

constexpr double kActivationBytes = 2;

/// Collects the kernels that process `tokens` tokens at once.
class Writer {
 public:
  Writer(const ModelShape& shape, const Storage& storage, double tokens)
      : m_shape(shape), m_storage(storage), m_tokens(tokens) {}

  /// Adds a kernel that reads and writes `count` vectors of `elements` in total.
  void vectors(const char* name, double elements, double count, double operationsPerElement) {
    add({name, elements * count * m_tokens * kActivationBytes, elements * m_tokens * operationsPerElement});
  }
  /// Adds one or more matrices with the same input.
  void matrix(const char* name, double outputs, double inputs) {
    const double weights = m_storage.weightBytes(outputs * inputs);
    const double operations = 2 * outputs * inputs;
    kernels.push_back(
        {{name, weights + (outputs + inputs) * m_tokens * kActivationBytes, operations * m_tokens},
         weights,
         operations});
  }
  /// Adds the scores or the weighting of V: reads `cachedTokens` tokens of the cache, and reads and writes
  /// `elements` more.
  void cache(const char* name, double cachedTokens, double elements, double operations) {
    add({name, cacheBytes(cachedTokens) + elements * kActivationBytes, operations});
  }
  double cacheBytes(double tokens) const { return tokens * m_shape.kvWidth() * m_storage.kvBits / 8; }
  void add(const Kernel& kernel) { kernels.push_back({kernel, 0, 0}); }

  std::vector<PrefillKernel> kernels;

 private:
  const ModelShape& m_shape;
  const Storage& m_storage;
  double m_tokens;
};

/// `products`: number of products of a query with a key, over all heads of a layer.
void attention(Writer& w, const ModelShape& s, bool fused, double tokens, double context, double products) {
  const double scores = products, query = s.queryWidth() * tokens, key = s.kvWidth() * tokens;
  const double operations = 2 * products * s.headDim;
  if (fused) {
    w.vectors("append", s.kvWidth(), 2, 0);
    w.vectors("append", s.kvWidth(), 2, 0);
    w.add({"attention", 2 * w.cacheBytes(context) + (2 * query + key) * kActivationBytes,
           2 * operations + 5 * scores});
    return;
  }
  w.vectors("rope", s.queryWidth(), 2, 3);
  w.vectors("rope", s.kvWidth(), 2, 3);
  w.vectors("append", s.kvWidth(), 2, 0);
  w.vectors("append", s.kvWidth(), 2, 0);
  w.cache("scores", context, query + scores, operations);
  w.add({"scale", 2 * scores * kActivationBytes, scores});
  w.add({"softmax", 2 * scores * kActivationBytes, 3 * scores});
  w.cache("context", context, query + scores, operations);
}

std::vector<PrefillKernel> kernelsOf(const ModelShape& s, const Storage& storage, const Fusions& fusions,
                                     double tokens, double context, double productsPerHead) {
  Writer w(s, storage, tokens);
  // An addition reads two vectors and writes one; a norm reads one and writes one; a fused kernel reads two
  // and writes two.
  const auto addAndNorm = [&](bool norm) {
    if (fusions.residualNorm && norm) {
      w.vectors("add_norm", s.hidden, 4, 5);
      return;
    }
    w.vectors("add", s.hidden, 3, 1);
    if (norm) w.vectors("norm", s.hidden, 2, 4);
  };
  w.vectors("embedding", s.hidden, 2, 0);
  w.vectors("norm", s.hidden, 2, 4);  // of the first layer; all others follow an addition
  for (std::uint32_t layer = 0; layer < s.layers; ++layer) {
    if (fusions.qkv) {
      w.matrix("qkv", s.queryWidth() + 2.0 * s.kvWidth(), s.hidden);
    } else {
      w.matrix("q", s.queryWidth(), s.hidden);
      w.matrix("k", s.kvWidth(), s.hidden);
      w.matrix("v", s.kvWidth(), s.hidden);
    }
    attention(w, s, fusions.attention, tokens, context, productsPerHead * s.heads);
    w.matrix("o", s.hidden, s.queryWidth());
    addAndNorm(true);
    w.matrix("gate", s.mlp, s.hidden);
    w.matrix("up", s.mlp, s.hidden);
    w.vectors("silu", s.mlp, 2, 4);
    w.vectors("mul", s.mlp, 3, 1);
    w.matrix("down", s.hidden, s.mlp);
    addAndNorm(true);  // the norm of the next layer, or the one before the head
  }
  return w.kernels;
}

}  // namespace

std::vector<Kernel> decodeKernels(const ModelShape& shape, const Storage& storage, const Fusions& fusions,
                                  std::uint32_t context) {
  std::vector<Kernel> kernels;
  for (const PrefillKernel& kernel : kernelsOf(shape, storage, fusions, 1, context, context))
    kernels.push_back(kernel.kernel);
  Writer tail(shape, storage, 1);
  tail.matrix("head", shape.vocab, shape.hidden);
  tail.vectors("argmax", shape.vocab, 1, 1);
  for (const PrefillKernel& kernel : tail.kernels) kernels.push_back(kernel.kernel);
  return kernels;
}

std::vector<PrefillKernel> prefillKernels(const ModelShape& shape, const Storage& storage,
                                          const Fusions& fusions, std::uint32_t tokens) {
  // A token sees itself and the tokens before it.
  const double products = 0.5 * tokens * (tokens + 1.0);
  std::vector<PrefillKernel> kernels = kernelsOf(shape, storage, fusions, tokens, tokens, products);
  Writer tail(shape, storage, 1);  // only the last token needs the head
  tail.matrix("head", shape.vocab, shape.hidden);
  tail.vectors("argmax", shape.vocab, 1, 1);
  kernels.push_back({tail.kernels[0].kernel, 0, 0});
  kernels.push_back(tail.kernels[1]);
  return kernels;
}

double modelBytes(const ModelShape& shape, const Storage& storage) {
  const double embedding = kActivationBytes * shape.vocab * shape.hidden;
  return storage.weightBytes(static_cast<double>(shape.matrixWeights())) + embedding;
}

}  // namespace pim::phone
