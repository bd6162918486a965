#include "sw/host/quantise/random_model.h"

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <vector>

#include "sw/host/checkpoint/rope_frequencies.h"
#include "sw/host/quantise/pruning.h"

namespace pim::host {
namespace {

/// splitmix64, because the distributions of the standard library differ between implementations.
class Random {
 public:
  explicit Random(std::uint64_t seed) : m_state(seed) {}

  std::uint64_t next() {
    m_state += 0x9E3779B97F4A7C15u;
    std::uint64_t z = m_state;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }

 private:
  std::uint64_t m_state;
};

std::uint64_t mix(std::uint64_t seed, std::uint64_t salt) {
  return Random(seed ^ Random(salt).next()).next();
}

std::uint32_t onesOf16(std::uint64_t bits) {
  std::uint32_t ones = 0;
  for (int i = 0; i < 16; ++i) ones += static_cast<std::uint32_t>(bits >> i & 1);
  return ones;
}

/// Generates rows of random weights. A 4-bit code is the number of ones in 16 random bits: nearly normal,
/// mean 8, standard deviation 2. Scales are uniform in 2^14..2^16, zero points in 7..9. Wider codes have
/// additional random low bits and scales that are smaller by the same factor; 3-bit codes lack the last bit.
/// Sparse rows keep the codes farthest from their zero points.
class RandomRows : public WeightRows {
 public:
  RandomRows(std::uint64_t seed, std::uint32_t k, const WeightFormat& format)
      : m_seed(seed), m_k(k), m_format(format) {}

  const std::uint8_t* row(std::uint32_t index, std::uint8_t* scratch) const override {
    Random random(mix(m_seed, index));
    std::vector<std::uint8_t> codes(m_k);
    for (std::uint32_t i = 0; i < m_k; i += 4) {
      std::uint64_t bits = random.next();
      for (std::uint32_t j = i; j < i + 4; ++j, bits >>= 16)
        codes[j] = static_cast<std::uint8_t>(onesOf16(bits) > 15 ? 15 : onesOf16(bits));
    }
    std::vector<std::uint8_t> zeros(m_k / m_format.group);
    std::vector<std::uint16_t> scales(m_k / m_format.group);
    for (std::size_t g = 0; g < scales.size(); ++g) {
      const std::uint64_t bits = random.next();
      scales[g] = static_cast<std::uint16_t>(16384 + bits % 49152);
      zeros[g] = static_cast<std::uint8_t>(7 + (bits >> 32) % 3);
    }
    if (m_format.weightBits < 4) narrow(codes, zeros);
    if (m_format.weightBits > 4) widen(random, codes, zeros, scales);
    if (m_format.isSparse()) prune(codes, zeros);
    writeWeightRow(codes.data(), zeros.data(), scales.data(), m_k, m_format, scratch);
    return scratch;
  }

 private:
  void narrow(std::vector<std::uint8_t>& codes, std::vector<std::uint8_t>& zeros) const {
    const auto halve = [](std::uint8_t& code) { code = static_cast<std::uint8_t>(code >> 1); };
    std::for_each(codes.begin(), codes.end(), halve);
    std::for_each(zeros.begin(), zeros.end(), halve);
  }

  void widen(Random& random, std::vector<std::uint8_t>& codes, std::vector<std::uint8_t>& zeros,
             std::vector<std::uint16_t>& scales) const {
    const std::uint32_t more = m_format.weightBits - 4;
    for (std::uint8_t& code : codes)
      code = static_cast<std::uint8_t>(std::uint64_t{code} << more | (random.next() & ((1u << more) - 1)));
    for (std::uint8_t& zero : zeros) zero = static_cast<std::uint8_t>(zero << more);
    for (std::uint16_t& scale : scales) scale = static_cast<std::uint16_t>(scale >> more);
  }

  void prune(std::vector<std::uint8_t>& codes, const std::vector<std::uint8_t>& zeros) const {
    const auto zeroOf = [&](std::uint32_t i) {
      return m_format.zeroBits == 0 ? m_format.symmetricZero() : zeros[i / m_format.group];
    };
    std::vector<float> scores(m_k);
    for (std::uint32_t i = 0; i < m_k; ++i)
      scores[i] = static_cast<float>(std::abs(int{codes[i]} - int{zeroOf(i)}));
    Pruning(m_format.sparsity).apply(scores.data(), m_k, [&](std::uint32_t i) { codes[i] = zeroOf(i); });
  }

  std::uint64_t m_seed;
  std::uint32_t m_k;
  WeightFormat m_format;
};

/// Returns the power of two that brings the weights' standard deviation, 2 * 40960 = 2^16.3, close to 1 /
/// sqrt(k).
int exponentFor(std::uint32_t k) {
  int bits = 0;
  while (k >> (bits + 1) != 0) ++bits;
  return -16 - bits / 2;
}

class Maker {
 public:
  Maker(const ModelFormats& formats, std::uint64_t seed) : m_formats(formats), m_seed(seed) {}

  QuantizedMatrix matrix(MatrixKind kind, std::uint32_t layer, std::uint32_t rows, std::uint32_t k) {
    const WeightFormat format = m_formats.of(kind, layer);
    assert(k % format.group == 0);
    return {rows, k, format, exponentFor(k), std::make_shared<RandomRows>(mix(m_seed, ++m_made), k, format)};
  }

  /// Returns gains that are uniform in 0.5..1.5.
  std::vector<Q16> gain(std::uint32_t n) {
    Random random(mix(m_seed, ++m_made));
    std::vector<Q16> values(n);
    for (Q16& value : values) value = static_cast<Q16>(32768 + random.next() % 65536);
    return values;
  }

 private:
  ModelFormats m_formats;
  std::uint64_t m_seed;
  std::uint64_t m_made = 0;
};

}  // namespace

QuantizedModel makeRandomModel(const ModelShape& shape, const ModelFormats& formats, std::uint64_t seed) {
  using Kind = MatrixKind;
  Maker make(formats, seed);
  QuantizedModel model;
  model.shape = shape;
  model.formats = formats;
  model.embedding = make.matrix(Kind::Embedding, 0, shape.vocab, shape.hidden);
  for (std::uint32_t l = 0; l < shape.layers; ++l) {
    QuantizedLayer layer;
    layer.q = make.matrix(Kind::Query, l, shape.queryWidth(), shape.hidden);
    layer.k = make.matrix(Kind::Key, l, shape.kvWidth(), shape.hidden);
    layer.v = make.matrix(Kind::Value, l, shape.kvWidth(), shape.hidden);
    layer.output = make.matrix(Kind::Output, l, shape.hidden, shape.queryWidth());
    layer.gate = make.matrix(Kind::Gate, l, shape.mlp, shape.hidden);
    layer.up = make.matrix(Kind::Up, l, shape.mlp, shape.hidden);
    layer.down = make.matrix(Kind::Down, l, shape.hidden, shape.mlp);
    layer.attentionGain = make.gain(shape.hidden);
    layer.mlpGain = make.gain(shape.hidden);
    model.layers.push_back(layer);
  }
  model.finalGain = make.gain(shape.hidden);
  model.head = shape.tiedEmbeddings && formats.of(Kind::Head) == formats.of(Kind::Embedding)
                   ? model.embedding
                   : make.matrix(Kind::Head, 0, shape.vocab, shape.hidden);
  model.ropeFrequencies = ropeFrequencies(shape.headDim, shape.ropeTheta);
  return model;
}

}  // namespace pim::host
