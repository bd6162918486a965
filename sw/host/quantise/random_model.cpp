#include "sw/host/quantise/random_model.h"

#include <cassert>
#include <vector>

#include "sw/host/checkpoint/rope_frequencies.h"

namespace pim::host {
namespace {

/// splitmix64: the distributions of the standard library differ between implementations.
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

/// Codes are counts of ones in 16 random bits: nearly normal, mean 8, standard deviation 2. Scales are
/// uniform in 2^14..2^16, zero points 7..9.
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
    writeWeightRow(codes.data(), zeros.data(), scales.data(), m_k, m_format, scratch);
    return scratch;
  }

 private:
  std::uint64_t m_seed;
  std::uint32_t m_k;
  WeightFormat m_format;
};

/// The power of two that brings the weights' standard deviation, 2 * 40960 = 2^16.3, near 1 / sqrt(k).
int exponentFor(std::uint32_t k) {
  int bits = 0;
  while (k >> (bits + 1) != 0) ++bits;
  return -16 - bits / 2;
}

class Maker {
 public:
  Maker(const WeightFormat& format, std::uint64_t seed) : m_format(format), m_seed(seed) {}

  QuantizedMatrix matrix(std::uint32_t rows, std::uint32_t k) {
    assert(k % m_format.group == 0);
    return {rows, k, m_format, exponentFor(k),
            std::make_shared<RandomRows>(mix(m_seed, ++m_made), k, m_format)};
  }

  /// Gains uniform in 0.5..1.5.
  std::vector<Q16> gain(std::uint32_t n) {
    Random random(mix(m_seed, ++m_made));
    std::vector<Q16> values(n);
    for (Q16& value : values) value = static_cast<Q16>(32768 + random.next() % 65536);
    return values;
  }

 private:
  WeightFormat m_format;
  std::uint64_t m_seed;
  std::uint64_t m_made = 0;
};

}  // namespace

QuantizedModel makeRandomModel(const ModelShape& shape, const WeightFormat& format, std::uint64_t seed) {
  Maker make(format, seed);
  QuantizedModel model;
  model.shape = shape;
  model.embedding = make.matrix(shape.vocab, shape.hidden);
  for (std::uint32_t l = 0; l < shape.layers; ++l) {
    QuantizedLayer layer;
    layer.q = make.matrix(shape.queryWidth(), shape.hidden);
    layer.k = make.matrix(shape.kvWidth(), shape.hidden);
    layer.v = make.matrix(shape.kvWidth(), shape.hidden);
    layer.output = make.matrix(shape.hidden, shape.queryWidth());
    layer.gate = make.matrix(shape.mlp, shape.hidden);
    layer.up = make.matrix(shape.mlp, shape.hidden);
    layer.down = make.matrix(shape.hidden, shape.mlp);
    layer.attentionGain = make.gain(shape.hidden);
    layer.mlpGain = make.gain(shape.hidden);
    model.layers.push_back(layer);
  }
  model.finalGain = make.gain(shape.hidden);
  model.head = shape.tiedEmbeddings ? model.embedding : make.matrix(shape.vocab, shape.hidden);
  model.ropeFrequencies = ropeFrequencies(shape.headDim, shape.ropeTheta);
  return model;
}

}  // namespace pim::host
