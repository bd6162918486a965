#include "sw/host/quantise/quantize.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "core/base/error.h"
#include "core/base/parallel_for.h"
#include "sw/host/quantise/group_quantizer.h"
#include "sw/host/quantise/stored_codes.h"

namespace pim::host {
namespace {

constexpr uint32_t kDefaultGroup = 32;
constexpr float kLargestScale = 65504.0f;

/// Float weights as codes and float scales; the scales become mantissas when the exponent they share is
/// known.
class FloatMatrix {
 public:
  FloatMatrix(const TensorView& tensor, uint32_t rows, uint32_t k, const WeightFormat& format)
      : m_tensor(tensor),
        m_rows(rows),
        m_k(k),
        m_format(format),
        m_groups(k / format.group),
        m_codes(uint64_t{rows} * k),
        m_zeros(uint64_t{rows} * m_groups, kSymmetricZero),
        m_scales(uint64_t{rows} * m_groups, 0.0f) {}

  void quantizeRow(uint64_t row, const std::string& source) {
    std::vector<float> weights(m_k, 0.0f);
    m_tensor.readRow(row, weights.data());
    for (const float w : weights) {
      if (!std::isfinite(w)) {
        throw UserError(
            fmt::format("{}: tensor {}: row {}: a weight or scale is {}, expected a finite number", source,
                        m_tensor.name, row, w));
      }
    }
    for (uint32_t g = 0; g < m_groups; ++g) {
      const uint64_t first = uint64_t{g} * m_format.group;
      const QuantizedGroup group = quantizeGroup(weights.data() + first, m_format.group,
                                                 m_format.zeroBits != 0, m_codes.data() + row * m_k + first);
      if (!(group.scale <= kLargestScale)) {
        throw UserError(fmt::format("{}: tensor {}: row {}: weights too large for a scale up to {}", source,
                                    m_tensor.name, row, kLargestScale));
      }
      m_zeros[row * m_groups + g] = group.zero;
      m_scales[row * m_groups + g] = group.scale;
    }
  }

  uint64_t storedRows() const { return m_tensor.rows; }
  float largestScale() const { return *std::max_element(m_scales.begin(), m_scales.end()); }

  std::shared_ptr<const WeightRows> pack(int exponent) const {
    const uint32_t rowBytes = weightRowBytes(m_k, m_format);
    std::vector<uint8_t> packed(uint64_t{m_rows} * rowBytes);
    std::vector<uint16_t> mantissas(m_groups);
    for (uint64_t row = 0; row < m_rows; ++row) {
      for (uint32_t g = 0; g < m_groups; ++g)
        mantissas[g] = scaleMantissa(m_scales[row * m_groups + g], exponent);
      writeWeightRow(m_codes.data() + row * m_k, m_zeros.data() + row * m_groups, mantissas.data(), m_k,
                     m_format, packed.data() + row * rowBytes);
    }
    return ownedRows(std::move(packed), rowBytes);
  }

 private:
  const TensorView& m_tensor;
  uint32_t m_rows, m_k;
  WeightFormat m_format;
  uint32_t m_groups;
  std::vector<uint8_t> m_codes;
  std::vector<uint8_t> m_zeros;
  std::vector<float> m_scales;
};

/// What a matrix of the model is to be: rows and k are those of the padded shape.
struct Wanted {
  const TensorView* tensor;
  uint32_t rows;
  uint32_t k;
};

class Quantizer {
 public:
  Quantizer(std::shared_ptr<const Checkpoint> checkpoint, const QuantizeOptions& options)
      : m_checkpoint(std::move(checkpoint)), m_shape(m_checkpoint->shape()) {
    scanAll();
    chooseFormat(options);
    checkSizes();
  }

  QuantizedCheckpoint run() {
    QuantizedCheckpoint result;
    QuantizedModel& model = result.model;
    model.shape = m_shape;
    model.embedding = single(TensorRole::TokenEmbedding, 0, m_shape.vocab, m_shape.hidden);
    for (uint32_t layer = 0; layer < m_shape.layers; ++layer) model.layers.push_back(makeLayer(layer));
    model.finalGain = gain(TensorRole::OutputNorm, 0);
    model.head = m_shape.tiedEmbeddings ? model.embedding
                                        : single(TensorRole::Output, 0, m_shape.vocab, m_shape.hidden);
    model.ropeFrequencies = m_checkpoint->ropeFrequencyTable();
    result.notices = m_checkpoint->notices();
    for (const auto& [type, count] : m_quantized) {
      result.notices.push_back(fmt::format("{}: {} {} matrices were quantised to 4 bits, group {}, {}",
                                           m_checkpoint->source(), count, type, m_format.group,
                                           m_format.zeroBits == 0 ? "symmetric" : "with zero points"));
    }
    if (m_clippedGains != 0) {
      result.notices.push_back(fmt::format("{}: {} gains of RMSNorm beyond 32768 were clipped",
                                           m_checkpoint->source(), m_clippedGains));
    }
    if (m_shape.rmsEpsilon * 4294967296.0 < 0.5) {
      result.notices.push_back(
          fmt::format("{}: RMSNorm epsilon {} is below what the chip tells apart: taken as 2^-32",
                      m_checkpoint->source(), m_shape.rmsEpsilon));
    }
    return result;
  }

 private:
  template <typename Visit>
  void forEachMatrix(const Visit& visit) const {
    visit(m_checkpoint->tensor(TensorRole::TokenEmbedding));
    if (!m_shape.tiedEmbeddings) visit(m_checkpoint->tensor(TensorRole::Output));
    for (uint32_t layer = 0; layer < m_shape.layers; ++layer) {
      for (const TensorRole role :
           {TensorRole::Query, TensorRole::Key, TensorRole::Value, TensorRole::AttentionOutput,
            TensorRole::Gate, TensorRole::Up, TensorRole::Down}) {
        visit(m_checkpoint->tensor(role, layer));
      }
    }
  }

  void scanAll() {
    forEachMatrix([this](const TensorView& t) { m_scans[&t] = scanStoredCodes(t, m_checkpoint->source()); });
  }

  void chooseFormat(const QuantizeOptions& options) {
    const std::string& source = m_checkpoint->source();
    uint32_t stored = 0;
    bool needsZeroPoint = false;
    for (const auto& [tensor, scan] : m_scans) {
      if (!scan.exact) continue;
      stored = stored == 0 ? scan.group : std::min(stored, scan.group);
      needsZeroPoint = needsZeroPoint || scan.needsZeroPoint;
    }
    m_format.group = options.group != 0 ? options.group : stored != 0 ? stored : kDefaultGroup;
    if (m_format.group != 32 && m_format.group != 64 && m_format.group != 128) {
      throw UserError(fmt::format("{}: group: expected 32, 64 or 128, found {}", source, m_format.group));
    }
    if (stored != 0 && stored % m_format.group != 0) {
      throw UserError(fmt::format("{}: group: {} wanted, but the file holds codes in groups of {}", source,
                                  m_format.group, stored));
    }
    if (options.zeroPoints == ZeroPoints::Symmetric && needsZeroPoint) {
      throw UserError(
          fmt::format("{}: zero points: symmetric wanted, but the file holds codes (or negative scales) "
                      "that need them",
                      source));
    }
    m_format.zeroBits = options.zeroPoints == ZeroPoints::Stored || needsZeroPoint ? 4 : 0;
  }

  void checkSizes() {
    const auto divides = [this](const char* what, uint32_t size) {
      if (size % m_format.group == 0) return;
      throw UserError(fmt::format("{}: {}: {} is not a multiple of the group, {}", m_checkpoint->source(),
                                  what, size, m_format.group));
    };
    divides("hidden size", m_shape.hidden);
    divides("query width", m_shape.queryWidth());
    m_shape = m_shape.paddedTo(m_format.group);
  }

  /// Matrices that share one exponent.
  std::vector<QuantizedMatrix> make(const std::vector<Wanted>& wanted) {
    std::map<const TensorView*, FloatMatrix> quantized;
    float largestScale = 0.0f;
    for (const Wanted& w : wanted) {
      const StoredCodes& scan = m_scans.at(w.tensor);
      if (scan.exact) {
        largestScale = std::max(largestScale, scan.largestScale);
        continue;
      }
      FloatMatrix& matrix = quantized.try_emplace(w.tensor, *w.tensor, w.rows, w.k, m_format).first->second;
      parallelForRows(matrix.storedRows(), [&](uint64_t first, uint64_t end) {
        for (uint64_t row = first; row < end; ++row) matrix.quantizeRow(row, m_checkpoint->source());
      });
      largestScale = std::max(largestScale, matrix.largestScale());
      ++m_quantized[w.tensor->type == TensorType::Awq4 ? "AWQ"
                                                       : std::string(tensorFormat(w.tensor->type).name)];
    }
    const int exponent = weightExponentFor(largestScale);
    std::vector<QuantizedMatrix> made;
    for (const Wanted& w : wanted) {
      const auto matrix = quantized.find(w.tensor);
      made.push_back({w.rows, w.k, m_format, exponent,
                      matrix != quantized.end()
                          ? matrix->second.pack(exponent)
                          : storedCodeRows(m_checkpoint, *w.tensor, m_format, exponent)});
    }
    return made;
  }

  Wanted want(TensorRole role, uint32_t layer, uint32_t rows, uint32_t k) const {
    return {&m_checkpoint->tensor(role, layer), rows, k};
  }

  QuantizedMatrix single(TensorRole role, uint32_t layer, uint32_t rows, uint32_t k) {
    return make({want(role, layer, rows, k)}).front();
  }

  QuantizedLayer makeLayer(uint32_t l) {
    const uint32_t hidden = m_shape.hidden;
    QuantizedLayer layer;
    const auto qkv = make({want(TensorRole::Query, l, m_shape.queryWidth(), hidden),
                           want(TensorRole::Key, l, m_shape.kvWidth(), hidden),
                           want(TensorRole::Value, l, m_shape.kvWidth(), hidden)});
    layer.q = qkv[0];
    layer.k = qkv[1];
    layer.v = qkv[2];
    layer.output = single(TensorRole::AttentionOutput, l, hidden, m_shape.queryWidth());
    const auto gateUp =
        make({want(TensorRole::Gate, l, m_shape.mlp, hidden), want(TensorRole::Up, l, m_shape.mlp, hidden)});
    layer.gate = gateUp[0];
    layer.up = gateUp[1];
    layer.down = single(TensorRole::Down, l, hidden, m_shape.mlp);
    layer.attentionGain = gain(TensorRole::AttentionNorm, l);
    layer.mlpGain = gain(TensorRole::MlpNorm, l);
    return layer;
  }

  std::vector<Q16> gain(TensorRole role, uint32_t layer) {
    const TensorView& tensor = m_checkpoint->tensor(role, layer);
    std::vector<float> values(tensor.columns);
    tensor.readRow(0, values.data());
    std::vector<Q16> gains;
    for (const float value : values) {
      if (!std::isfinite(value)) {
        throw UserError(fmt::format("{}: tensor {}: a gain is {}, expected a finite number",
                                    m_checkpoint->source(), tensor.name, value));
      }
      const double rounded = std::floor(static_cast<double>(value) * 65536.0 + 0.5);
      if (rounded < -2147483648.0 || rounded > 2147483647.0) ++m_clippedGains;
      gains.push_back(static_cast<Q16>(std::clamp(rounded, -2147483648.0, 2147483647.0)));
    }
    return gains;
  }

  std::shared_ptr<const Checkpoint> m_checkpoint;
  ModelShape m_shape;
  WeightFormat m_format;
  std::map<const TensorView*, StoredCodes> m_scans;
  std::map<std::string, uint32_t> m_quantized;
  uint64_t m_clippedGains = 0;
};

}  // namespace

QuantizedCheckpoint quantize(std::shared_ptr<const Checkpoint> checkpoint, const QuantizeOptions& options) {
  return Quantizer(std::move(checkpoint), options).run();
}

}  // namespace pim::host
