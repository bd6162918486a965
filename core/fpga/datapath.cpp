#include "core/fpga/datapath.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "abi/pim_layout.h"
#include "core/arith/attention.h"
#include "core/arith/elementwise.h"
#include "core/arith/mac.h"
#include "core/arith/rmsnorm.h"
#include "core/arith/rope.h"
#include "core/arith/silu.h"
#include "core/arith/softmax.h"
#include "core/fpga/buffers.h"

namespace pim::fpga {
namespace {

/// Computes the part of macRow() for inputs [begin, end). The sum of the parts has the same bits.
std::int64_t macRange(const WeightRowView& weights, const ActivationView& x, std::uint32_t begin,
                      std::uint32_t end) {
  std::int64_t sum = 0;
  const std::uint32_t group = weights.group();
  for (std::uint32_t g = begin / group; g * group < end; ++g) {
    const std::uint32_t first = std::max(begin, g * group), last = std::min(end, (g + 1) * group);
    const int zero = weights.zero(g);
    std::int64_t part = 0;
    for (std::uint32_t i = first; i < last; ++i) part += (weights.code(i) - zero) * x.mantissa(i);
    sum += part * weights.scale(g) * (std::int64_t{1} << x.shift(g));
  }
  return sum;
}

std::uint32_t blocksOf(std::uint32_t elements) {
  return (elements + kBlock - 1) / kBlock;
}

}  // namespace

Datapath::Datapath(const ModelData& model, KvFormat kv)
    : m_model(model), m_kv(kv), m_activation{model.embedding.format.group, 8}, m_caches(model.layers.size()) {
  for (Cache& cache : m_caches) {
    cache.keys.resize(model.shape.kvHeads);
    cache.values.resize(model.shape.kvHeads);
  }
}

std::vector<std::uint8_t> Datapath::quantised(const std::vector<Q16>& x) const {
  const auto n = static_cast<std::uint32_t>(x.size());
  std::vector<std::uint8_t> record(activationRecordBytes(n, m_activation));
  writeRecord(x.data(), n, m_activation, chooseScale(x.data(), n, m_activation), record.data());
  return record;
}

void Datapath::begin(const std::vector<std::uint32_t>& tokens) {
  m_position += m_tokens;
  m_tokens = static_cast<std::uint32_t>(tokens.size());
  m_residual.assign(m_tokens, std::vector<Q16>(m_model.shape.hidden));
  for (std::uint32_t row = 0; row < m_tokens; ++row)
    dequantiseRow(m_model.embedding.row(tokens[row]), m_model.embedding.exponent, m_residual[row].data());
  m_records.assign(m_tokens, {});
  m_context.assign(m_tokens, std::vector<Q16>(m_model.shape.queryWidth()));
  m_probabilities.assign(std::size_t{m_model.shape.heads} * m_tokens, {});
  m_logits.clear();
}

const MatrixData* Datapath::matrix() const {
  if (m_operator.kind == OperatorKind::Head) return &m_model.head;
  if (m_operator.layer >= m_model.layers.size()) return nullptr;
  const LayerData& layer = m_model.layers[m_operator.layer];
  switch (m_operator.kind) {
    case OperatorKind::Query:
      return &layer.query;
    case OperatorKind::Key:
      return &layer.key;
    case OperatorKind::Value:
      return &layer.value;
    case OperatorKind::Output:
      return &layer.output;
    case OperatorKind::Gate:
      return &layer.gate;
    case OperatorKind::Up:
      return &layer.up;
    case OperatorKind::Down:
      return &layer.down;
    default:
      return nullptr;
  }
}

void Datapath::begin(const Operator& what) {
  m_operator = what;
  m_products = m_elements = 0;
  if (const MatrixData* m = matrix()) m_sums.assign(m_tokens, std::vector<std::int64_t>(m->rows));
}

void Datapath::execute(const Instruction& instruction) {
  switch (instruction.unit) {
    case Unit::MatrixMatrix:
    case Unit::MatrixVector:
      if (matrix() != nullptr) {
        multiply(instruction);
      } else {
        attend(instruction);
      }
      return;
    case Unit::Misc:
      misc(instruction);
      return;
    case Unit::System:
      finish();
      return;
    case Unit::Load:
    case Unit::Store:
      return;
  }
}

void Datapath::multiply(const Instruction& instruction) {
  const MatrixData& m = *matrix();
  const Operand& at = instruction.operand;
  const std::uint32_t lastRow = std::min(at.row + at.rows, m_tokens);
  const std::uint32_t lastOutput = std::min(at.output + at.outputs, m.rows);
  const std::uint32_t begin = at.inputBlock * kBlock,
                      end = std::min((at.inputBlock + at.inputBlocks) * kBlock, m.k);
  for (std::uint32_t output = at.output; output < lastOutput; ++output) {
    const WeightRowView weights = m.row(output);
    for (std::uint32_t row = at.row; row < lastRow; ++row) {
      m_sums[row][output] +=
          macRange(weights, ActivationView(m_records[row].data(), m.k, m_activation), begin, end);
      m_products += at.inputBlocks;
    }
  }
}

/// Counts the products of an attention instruction. The softmax computes the scores when it needs them, and
/// the last output of a row computes the weighted values.
void Datapath::attend(const Instruction& instruction) {
  const Operand& at = instruction.operand;
  const bool score = m_operator.kind == OperatorKind::Score;
  const std::uint32_t outputs = score ? m_position + m_tokens : m_model.shape.headDim;
  const std::uint32_t lastRow = std::min(at.row + at.rows, m_tokens);
  const std::uint32_t lastOutput = std::min(at.output + at.outputs, outputs);
  for (std::uint32_t row = at.row; row < lastRow; ++row) {
    // A token does not see later tokens, so a causal program has no products for them.
    const std::uint32_t seen = score ? std::min(lastOutput, m_position + row + 1) : lastOutput;
    if (seen > at.output) m_products += seen - at.output;
    if (!score && lastOutput == outputs) weightValues(at.head, row);
  }
}

void Datapath::misc(const Instruction& instruction) {
  const Operand& at = instruction.operand;
  switch (instruction.operation) {
    case MiscOperation::Norm:
      if (at.row < m_tokens) norm(at.row);
      return;
    case MiscOperation::Softmax:
      if (at.row < m_tokens) softmaxRow(at.head, at.row);
      return;
    case MiscOperation::Elementwise:
    case MiscOperation::Silu:
      break;
  }
  const std::uint32_t outputs = std::min(at.output + at.outputs, matrix()->rows);
  const std::uint32_t rows = std::min(at.row + at.rows, m_tokens);
  if (rows > at.row && outputs > at.output)
    m_elements += std::uint64_t{rows - at.row} * (outputs - at.output);
}

void Datapath::norm(std::uint32_t row) {
  const ModelShape& s = m_model.shape;
  const std::vector<Q16>* gain = &m_model.finalGain;
  if (m_operator.layer < s.layers) {
    const LayerData& layer = m_model.layers[m_operator.layer];
    gain = m_operator.second ? &layer.mlpGain : &layer.attentionGain;
  }
  std::vector<Q16> y(s.hidden);
  rmsNorm(m_residual[row].data(), gain->data(), s.hidden, m_model.epsilon, y.data());
  m_records[row] = quantised(y);
  ++m_elements;
}

void Datapath::softmaxRow(std::uint32_t head, std::uint32_t row) {
  const ModelShape& s = m_model.shape;
  const std::uint32_t dim = s.headDim, tokens = m_position + row + 1;
  const std::vector<std::uint8_t>& keys = m_caches[m_operator.layer].keys[head / s.headsPerKvHead()];
  std::vector<std::uint8_t> record(pim_query_record_bytes(1, dim));
  encodeQueryRecord(&m_query[row][std::size_t{head} * dim], 1, dim, record.data());
  std::vector<std::int32_t> scores(tokens);
  scoreRow(QueryView(record.data(), 1, dim, 0), keys.data(), tokens, CacheShape{dim, m_kv}, scoreScale(dim),
           scores.data());
  std::vector<std::uint16_t>& probabilities = m_probabilities[std::size_t{head} * m_tokens + row];
  probabilities.resize(tokens);
  softmax(scores.data(), tokens, probabilities.data());
  ++m_elements;
}

void Datapath::weightValues(std::uint32_t head, std::uint32_t row) {
  const ModelShape& s = m_model.shape;
  const std::vector<std::uint8_t>& values = m_caches[m_operator.layer].values[head / s.headsPerKvHead()];
  const std::vector<std::uint16_t>& probabilities = m_probabilities[std::size_t{head} * m_tokens + row];
  std::vector<std::int64_t> sums(s.headDim);
  pvAccumulate(probabilities.data(), values.data(), static_cast<std::uint32_t>(probabilities.size()),
               CacheShape{s.headDim, m_kv}, sums.data());
  for (std::uint32_t i = 0; i < s.headDim; ++i)
    m_context[row][std::size_t{head} * s.headDim + i] = pvResult(sums[i], m_kv);
  ++m_elements;
}

void Datapath::requireAll(std::uint64_t wanted, std::uint64_t found, const char* what) const {
  if (wanted == found) return;
  throw std::logic_error(fmt::format("a program of the FPGA ends {} of layer {} with {} of {} {}",
                                     operatorName(m_operator.kind), m_operator.layer, found, wanted, what));
}

void Datapath::finish() {
  const ModelShape& s = m_model.shape;
  const std::uint64_t perHead = std::uint64_t{s.heads} * m_tokens;
  switch (m_operator.kind) {
    case OperatorKind::Norm:
      return requireAll(m_tokens, m_elements, "rows");
    case OperatorKind::Concat:
      return;
    case OperatorKind::Score: {
      std::uint64_t seen = 0;
      for (std::uint32_t row = 0; row < m_tokens; ++row) seen += m_position + row + 1;
      requireAll(seen * s.heads, m_products, "scores");
      return requireAll(perHead, m_elements, "softmaxes");
    }
    case OperatorKind::Context:
      requireAll(perHead * s.headDim, m_products, "weighted values");
      for (std::uint32_t row = 0; row < m_tokens; ++row) m_records[row] = quantised(m_context[row]);
      return;
    default:
      return finishLinear();
  }
}

void Datapath::finishLinear() {
  const ModelShape& s = m_model.shape;
  const MatrixData& m = *matrix();
  requireAll(std::uint64_t{m_tokens} * m.rows * blocksOf(m.k), m_products, "blocks of products");
  Rows rows(m_tokens, std::vector<Q16>(m.rows));
  for (std::uint32_t row = 0; row < m_tokens; ++row) {
    const int base = ActivationView(m_records[row].data(), m.k, m_activation).base();
    for (std::uint32_t i = 0; i < m.rows; ++i) rows[row][i] = macResult(m_sums[row][i], base, m.exponent);
  }
  const std::uint64_t all = std::uint64_t{m_tokens} * m.rows;
  switch (m_operator.kind) {
    case OperatorKind::Query:
      requireAll(3 * all, m_elements, "rotated elements");
      rotate(rows, s.heads);
      m_query = std::move(rows);
      return;
    case OperatorKind::Key:
      requireAll(3 * all, m_elements, "rotated elements");
      rotate(rows, s.kvHeads);
      return remember(rows, m_caches[m_operator.layer].keys);
    case OperatorKind::Value:
      return remember(rows, m_caches[m_operator.layer].values);
    case OperatorKind::Gate:
      requireAll(all, m_elements, "elements of SiLU");
      m_gate = std::move(rows);
      return;
    case OperatorKind::Up:
      requireAll(all, m_elements, "products with the gate");
      for (std::uint32_t row = 0; row < m_tokens; ++row) {
        siluMul(m_gate[row].data(), rows[row].data(), m.rows, rows[row].data());
        m_records[row] = quantised(rows[row]);
      }
      return;
    case OperatorKind::Output:
    case OperatorKind::Down:
      requireAll(all, m_elements, "sums with the residual");
      for (std::uint32_t row = 0; row < m_tokens; ++row)
        addResidual(m_residual[row].data(), rows[row].data(), s.hidden);
      return;
    default:
      m_logits = std::move(rows);
  }
}

void Datapath::rotate(Rows& rows, std::uint32_t heads) const {
  const std::uint32_t dim = m_model.shape.headDim;
  for (std::uint32_t row = 0; row < m_tokens; ++row) {
    for (std::uint32_t head = 0; head < heads; ++head)
      rotateHead(&rows[row][std::size_t{head} * dim], dim, m_position + row, m_model.ropeFrequencies.data());
  }
}

void Datapath::remember(const Rows& rows, std::vector<std::vector<std::uint8_t>>& regions) {
  const std::uint32_t dim = m_model.shape.headDim;
  const std::uint32_t bytes = pim_kv_region_bytes(m_position + m_tokens, dim, m_kv.bits);
  std::vector<std::uint8_t> record(kvRecordBytes(dim, m_kv));
  for (std::uint32_t head = 0; head < m_model.shape.kvHeads; ++head) {
    regions[head].resize(bytes);
    for (std::uint32_t row = 0; row < m_tokens; ++row) {
      encodeKvRecord(&rows[row][std::size_t{head} * dim], dim, m_kv, record.data());
      appendToken(regions[head].data(), m_position + row, dim, m_kv, record.data());
    }
  }
}

}  // namespace pim::fpga
