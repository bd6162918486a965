#include "sw/host/quantise/quantize.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "core/base/error.h"
#include "core/base/parallel_for.h"
#include "sw/host/quantise/group_quantizer.h"
#include "sw/host/quantise/pruned_rows.h"
#include "sw/host/quantise/pruning.h"
#include "sw/host/quantise/stored_codes.h"

namespace pim::host {
namespace {

constexpr uint32_t kDefaultGroup = 32;
constexpr float kLargestScale = 65504.0f;

/// Quantised weights as codes and float scales. The scales become mantissas when their shared exponent is
/// known.
class FloatMatrix {
 public:
  /// `inputs`: factors of the scores, or null.
  FloatMatrix(const TensorView& tensor, uint32_t rows, uint32_t k, const WeightFormat& format,
              const std::vector<float>* inputs)
      : m_tensor(tensor),
        m_inputs(inputs),
        m_rows(rows),
        m_k(k),
        m_format(format),
        m_groups(k / format.group),
        // Padding rows keep these codes: their scales are zero, and a sparse row can store few codes.
        m_codes(uint64_t{rows} * k, format.isSparse() ? format.symmetricZero() : uint8_t{0}),
        m_zeros(uint64_t{rows} * m_groups, format.symmetricZero()),
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
    if (m_format.isSparse()) prune(weights);
    for (uint32_t g = 0; g < m_groups; ++g) {
      const uint64_t first = uint64_t{g} * m_format.group;
      const QuantizedGroup group = quantizeGroup(weights.data() + first, m_format.group, m_format.weightBits,
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
  void prune(std::vector<float>& weights) const {
    std::vector<float> scores(m_k);
    std::transform(weights.begin(), weights.end(), scores.begin(), [](float w) { return std::fabs(w); });
    // Inputs that pad the MLP have neither a scale nor a weight.
    for (size_t i = 0; m_inputs != nullptr && i < m_inputs->size(); ++i) scores[i] *= (*m_inputs)[i];
    Pruning(m_format.sparsity).apply(scores.data(), m_k, [&](uint32_t i) { weights[i] = 0.0f; });
  }

  const TensorView& m_tensor;
  const std::vector<float>* m_inputs;
  uint32_t m_rows, m_k;
  WeightFormat m_format;
  uint32_t m_groups;
  std::vector<uint8_t> m_codes;
  std::vector<uint8_t> m_zeros;
  std::vector<float> m_scales;
};

/// The properties of a matrix to make: rows and k are those of the padded shape.
struct Wanted {
  const TensorView* tensor;
  MatrixKind kind;
  uint32_t layer;
  uint32_t rows;
  uint32_t k;
};

TensorRole roleOf(MatrixKind kind) {
  constexpr TensorRole kRoles[kMatrixKinds] = {
      TensorRole::Query, TensorRole::Key,  TensorRole::Value,  TensorRole::AttentionOutput, TensorRole::Gate,
      TensorRole::Up,    TensorRole::Down, TensorRole::Output, TensorRole::TokenEmbedding};
  return kRoles[static_cast<size_t>(kind)];
}

class Quantizer {
 public:
  Quantizer(std::shared_ptr<const Checkpoint> checkpoint, const QuantizeOptions& options)
      : m_checkpoint(std::move(checkpoint)),
        m_shape(m_checkpoint->shape()),
        m_formats(options.formats),
        m_inputs(options.inputs) {
    scanAll();
    chooseFormat(options);
    checkSizes();
  }

  QuantizedCheckpoint run() {
    QuantizedCheckpoint result;
    QuantizedModel& model = result.model;
    model.shape = m_shape;
    model.formats = m_formats;
    model.embedding = single(MatrixKind::Embedding, 0, m_shape.vocab, m_shape.hidden);
    for (uint32_t layer = 0; layer < m_shape.layers; ++layer) model.layers.push_back(makeLayer(layer));
    model.finalGain = gain(TensorRole::OutputNorm, 0);
    const bool sameFormat = m_formats.of(MatrixKind::Head) == m_formats.of(MatrixKind::Embedding);
    model.head = m_shape.tiedEmbeddings && sameFormat
                     ? model.embedding
                     : single(MatrixKind::Head, 0, m_shape.vocab, m_shape.hidden);
    model.ropeFrequencies = m_checkpoint->ropeFrequencyTable();
    result.notices = m_checkpoint->notices();
    for (const auto& [typeAndBits, count] : m_quantized) {
      result.notices.push_back(fmt::format("{}: {} {} matrices were quantised to {} bits, group {}, {}",
                                           m_checkpoint->source(), count, typeAndBits.first,
                                           typeAndBits.second, m_formats.group(),
                                           m_formats.all().zeroBits == 0 ? "symmetric" : "with zero points"));
    }
    if (m_pruned != 0) {
      result.notices.push_back(
          fmt::format("{}: {} matrices were pruned to {} of {} neighbours by magnitude{}",
                      m_checkpoint->source(), m_pruned, m_formats.all().sparsity, kSparseBlock,
                      m_inputs.isEmpty() ? "" : " times the scale of the input"));
    }
    if (m_clippedGains != 0) {
      result.notices.push_back(fmt::format("{}: {} gains of RMSNorm beyond 32768 were clipped",
                                           m_checkpoint->source(), m_clippedGains));
    }
    if (m_shape.rmsEpsilon * 4294967296.0 < 0.5) {
      result.notices.push_back(
          fmt::format("{}: RMSNorm epsilon {} is below the chip's resolution: 2^-32 is used",
                      m_checkpoint->source(), m_shape.rmsEpsilon));
    }
    return result;
  }

 private:
  template <typename Visit>
  void forEachMatrix(const Visit& visit) const {
    visit(MatrixKind::Embedding, 0);
    visit(MatrixKind::Head, 0);
    for (uint32_t layer = 0; layer < m_shape.layers; ++layer) {
      for (const MatrixKind kind : {MatrixKind::Query, MatrixKind::Key, MatrixKind::Value, MatrixKind::Output,
                                    MatrixKind::Gate, MatrixKind::Up, MatrixKind::Down}) {
        visit(kind, layer);
      }
    }
  }

  const TensorView& tensorOf(MatrixKind kind, uint32_t layer) const {
    const bool isTied = kind == MatrixKind::Head && m_shape.tiedEmbeddings;
    return m_checkpoint->tensor(isTied ? TensorRole::TokenEmbedding : roleOf(kind), layer);
  }

  void scanAll() {
    forEachMatrix([this](MatrixKind kind, uint32_t layer) {
      const TensorView& tensor = tensorOf(kind, layer);
      if (m_scans.find(&tensor) == m_scans.end())
        m_scans[&tensor] = scanStoredCodes(tensor, m_checkpoint->source());
    });
  }

  /// Returns whether the codes of a stored matrix are used unchanged.
  bool isTakenOver(MatrixKind kind, uint32_t layer) const {
    const StoredCodes& stored = m_scans.at(&tensorOf(kind, layer));
    return stored.exact && m_formats.of(kind, layer).weightBits == stored.bits;
  }

  void chooseFormat(const QuantizeOptions& options) {
    const std::string& source = m_checkpoint->source();
    uint32_t stored = 0;
    bool needsZeroPoint = false;
    forEachMatrix([&](MatrixKind kind, uint32_t layer) {
      if (!isTakenOver(kind, layer)) return;
      const StoredCodes& scan = m_scans.at(&tensorOf(kind, layer));
      stored = stored == 0 ? scan.group : std::min(stored, scan.group);
      needsZeroPoint = needsZeroPoint || scan.needsZeroPoint;
    });
    const uint32_t group = options.group != 0 ? options.group : stored != 0 ? stored : kDefaultGroup;
    if (group != 32 && group != 64 && group != 128) {
      throw UserError(fmt::format("{}: group: expected 32, 64 or 128, found {}", source, group));
    }
    if (stored != 0 && stored % group != 0) {
      throw UserError(fmt::format("{}: group: {} requested, but the file holds codes in groups of {}", source,
                                  group, stored));
    }
    if (options.zeroPoints == ZeroPoints::Symmetric && needsZeroPoint) {
      throw UserError(
          fmt::format("{}: zero points: symmetric requested, but the file holds codes (or negative scales) "
                      "that need them",
                      source));
    }
    m_formats = m_formats.with(group, options.zeroPoints == ZeroPoints::Stored || needsZeroPoint);
  }

  void checkSizes() {
    const auto divides = [this](const char* what, uint32_t size) {
      if (size % m_formats.group() == 0) return;
      throw UserError(fmt::format("{}: {}: {} is not a multiple of the group, {}", m_checkpoint->source(),
                                  what, size, m_formats.group()));
    };
    divides("hidden size", m_shape.hidden);
    divides("query width", m_shape.queryWidth());
    m_shape = m_shape.paddedTo(m_formats.group());
  }

  /// Makes matrices that share one exponent.
  std::vector<QuantizedMatrix> make(const std::vector<Wanted>& wanted) {
    std::map<const TensorView*, FloatMatrix> quantized;
    float largestScale = 0.0f;
    for (const Wanted& w : wanted) {
      const WeightFormat format = m_formats.of(w.kind, w.layer);
      m_pruned += format.isSparse() ? 1 : 0;
      if (isTakenOver(w.kind, w.layer)) {
        largestScale = std::max(largestScale, m_scans.at(w.tensor).largestScale);
        continue;
      }
      FloatMatrix& matrix =
          quantized.try_emplace(w.tensor, *w.tensor, w.rows, w.k, format, m_inputs.of(w.kind, w.layer))
              .first->second;
      parallelForRows(matrix.storedRows(), [&](uint64_t first, uint64_t end) {
        for (uint64_t row = first; row < end; ++row) matrix.quantizeRow(row, m_checkpoint->source());
      });
      largestScale = std::max(largestScale, matrix.largestScale());
      ++m_quantized[{w.tensor->typeName(), format.weightBits}];
    }
    const int exponent = weightExponentFor(largestScale);
    std::vector<QuantizedMatrix> made;
    for (const Wanted& w : wanted) {
      const auto matrix = quantized.find(w.tensor);
      const WeightFormat format = m_formats.of(w.kind, w.layer);
      made.push_back(
          {w.rows, w.k, format, exponent,
           matrix != quantized.end() ? matrix->second.pack(exponent) : takenOver(w, format, exponent)});
    }
    return made;
  }

  std::shared_ptr<const WeightRows> takenOver(const Wanted& w, const WeightFormat& format,
                                              int exponent) const {
    auto dense = storedCodeRows(m_checkpoint, *w.tensor, format.withSparsity(0), exponent);
    if (!format.isSparse()) return dense;
    const std::vector<float>* inputs = m_inputs.of(w.kind, w.layer);
    return prunedRows(std::move(dense), w.k, format, inputs != nullptr ? *inputs : std::vector<float>());
  }

  Wanted want(MatrixKind kind, uint32_t layer, uint32_t rows, uint32_t k) const {
    return {&tensorOf(kind, layer), kind, layer, rows, k};
  }

  QuantizedMatrix single(MatrixKind kind, uint32_t layer, uint32_t rows, uint32_t k) {
    return make({want(kind, layer, rows, k)}).front();
  }

  QuantizedLayer makeLayer(uint32_t l) {
    const uint32_t hidden = m_shape.hidden;
    QuantizedLayer layer;
    const auto qkv = make({want(MatrixKind::Query, l, m_shape.queryWidth(), hidden),
                           want(MatrixKind::Key, l, m_shape.kvWidth(), hidden),
                           want(MatrixKind::Value, l, m_shape.kvWidth(), hidden)});
    layer.q = qkv[0];
    layer.k = qkv[1];
    layer.v = qkv[2];
    layer.output = single(MatrixKind::Output, l, hidden, m_shape.queryWidth());
    const auto gateUp =
        make({want(MatrixKind::Gate, l, m_shape.mlp, hidden), want(MatrixKind::Up, l, m_shape.mlp, hidden)});
    layer.gate = gateUp[0];
    layer.up = gateUp[1];
    layer.down = single(MatrixKind::Down, l, hidden, m_shape.mlp);
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
  ModelFormats m_formats;
  InputScales m_inputs;
  std::map<const TensorView*, StoredCodes> m_scans;
  std::map<std::pair<std::string, uint32_t>, uint32_t> m_quantized;  ///< by type and new width
  uint32_t m_pruned = 0;
  uint64_t m_clippedGains = 0;
};

}  // namespace

QuantizedCheckpoint quantize(std::shared_ptr<const Checkpoint> checkpoint, const QuantizeOptions& options) {
  return Quantizer(std::move(checkpoint), options).run();
}

}  // namespace pim::host
