#include "sw/host/pack/packer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

#include "abi/pim_layout.h"
#include "core/arith/mac.h"
#include "core/base/error.h"
#include "core/base/parallel_for.h"
#include "sw/host/layout/matrix_layout.h"

namespace pim::host {
namespace {

template <typename T>
const std::uint8_t* bytesOf(const T* data) {
  return reinterpret_cast<const std::uint8_t*>(data);
}

std::int16_t exponentOf(const QuantizedMatrix& matrix) {
  if (matrix.weightExponent < std::numeric_limits<std::int16_t>::min() ||
      matrix.weightExponent > std::numeric_limits<std::int16_t>::max())
    throw UserError(fmt::format("weight exponent {}: expected 16 bits", matrix.weightExponent));
  return static_cast<std::int16_t>(matrix.weightExponent);
}

void expectFormat(const WeightFormat& format, const QuantizedMatrix& matrix, const std::string& name) {
  if (matrix.format == format) return;
  const auto text = [](const WeightFormat& f) {
    return fmt::format(
        "weights.group={}, weights.bits={}, weights.scale_bits={}, weights.zero_bits={}, weights.sparsity={}",
        f.group, f.weightBits, f.scaleBits, f.zeroBits, f.isSparse() ? f.sparsity : kSparseBlock);
  };
  throw UserError(
      fmt::format("{}: the model has {}; the chip is set to {}", name, text(matrix.format), text(format)));
}

/// Throws a UserError if the sums of a row could exceed the accumulators.
void expectExact(const QuantizedMatrix& matrix, std::uint32_t activationBits, const std::string& name) {
  const std::uint32_t most = largestExactK(matrix.format, activationBits);
  if (matrix.k <= most) return;
  throw UserError(
      fmt::format("{}: weights.bits={}: rows of {} weights, at most {} are exact with activation.bits={}{}",
                  name, matrix.format.weightBits, matrix.k, most, activationBits,
                  largestExactK(matrix.format, 8) >= matrix.k ? "; activation.bits=8 would do" : ""));
}

void expectMatrix(const pim_matrix& to, const QuantizedMatrix& matrix, const pim_plan& plan,
                  const std::string& name) {
  expectFormat(formatOf(to, plan), matrix, name);
  expectExact(matrix, plan.activation_bits, name);
}

/// Cuts a row of a matrix into the parts for one bank and K tile.
class RowCutter {
 public:
  RowCutter(const QuantizedMatrix& matrix) : m_matrix(matrix), m_scratch(matrix.rowBytes()) {}

  void load(std::uint32_t row) { m_row = m_matrix.source->row(row, m_scratch.data()); }
  const std::uint8_t* whole() const { return m_row; }

  /// Returns weights [first, first + count) as a row; weights beyond the matrix are zero.
  const std::uint8_t* cut(std::uint32_t first, std::uint32_t count) {
    m_piece.resize(weightRowBytes(count, m_matrix.format));
    const WeightRowView view(m_row, m_matrix.k, m_matrix.format);
    const std::uint32_t real = first < m_matrix.k ? std::min(count, m_matrix.k - first) : 0;
    if (real == count)
      sliceWeightRow(view, first, count, m_matrix.format, m_piece.data());
    else
      cutBeyondEnd(view, first, count, real);
    return m_piece.data();
  }

 private:
  void cutBeyondEnd(const WeightRowView& view, std::uint32_t first, std::uint32_t count, std::uint32_t real) {
    const std::uint32_t group = m_matrix.format.group;
    const WeightFormat& format = m_matrix.format;
    // Zero scales make every padding weight zero. A sparse row also stores few codes, so its padding uses the
    // code that is not stored.
    const std::uint8_t padding = format.isSparse() && format.zeroBits == 0 ? format.symmetricZero() : 0;
    std::vector<std::uint8_t> codes(count, padding), zeros(count / group);
    std::vector<std::uint16_t> scales(count / group);
    for (std::uint32_t i = 0; i < real; ++i) codes[i] = view.code(first + i);
    for (std::uint32_t g = 0; g < real / group; ++g) {
      zeros[g] = view.zero(first / group + g);
      scales[g] = view.scale(first / group + g);
    }
    writeWeightRow(codes.data(), zeros.data(), scales.data(), count, m_matrix.format, m_piece.data());
  }

  const QuantizedMatrix& m_matrix;
  std::vector<std::uint8_t> m_scratch, m_piece;
  const std::uint8_t* m_row = nullptr;
};

class Packer {
 public:
  Packer(const Layout& layout, MemorySink& sink) : m_plan(layout.plan), m_sink(sink) {}

  /// Writes the rows of `source` as rows [firstRow, ...) of the matrix in the banks.
  void matrix(const pim_matrix& to, const QuantizedMatrix& source, std::uint32_t firstRow) {
    parallelForRows(source.rows, [&](std::uint64_t first, std::uint64_t end) {
      RowCutter cutter(source);
      for (auto i = static_cast<std::uint32_t>(first); i < end; ++i) {
        cutter.load(i);
        const std::uint32_t row = firstRow + i, slice = row / to.rows, index = row % to.rows;
        for (std::uint32_t part = 0; part < to.column_parts; ++part)
          rowPart(to, cutter, slice * to.column_parts + part, part * to.k, index);
      }
    });
    source.source->release();
  }

  void embedding(const QuantizedMatrix& source) {
    RowCutter cutter(source);
    for (std::uint32_t id = 0; id < source.rows; ++id) {
      cutter.load(id);
      if (m_plan.embedding != 0) {
        m_sink.writeController(m_plan.embedding + id * m_plan.embedding_row_bytes, cutter.whole(),
                               m_plan.embedding_row_bytes);
      } else {
        const std::uint32_t row = id % m_plan.embedding_rows;
        toSlot(id / m_plan.embedding_rows, m_plan.embedding_bmem + row * m_plan.embedding_row_bytes,
               cutter.whole(), m_plan.embedding_row_bytes);
      }
    }
    source.source->release();
  }

 private:
  void rowPart(const pim_matrix& to, RowCutter& cutter, std::uint32_t slot, std::uint32_t firstWeight,
               std::uint32_t index) {
    const WeightFormat format = formatOf(to, m_plan);
    std::uint32_t offset = to.bmem;
    for (std::uint32_t begin = 0; begin < to.k; begin += to.k_tile) {
      const std::uint32_t count = std::min(to.k_tile, to.k - begin), bytes = weightRowBytes(count, format);
      const bool inOnePiece = to.column_parts == 1 && to.k_tile == to.k;
      toSlot(slot, offset + index * bytes,
             inOnePiece ? cutter.whole() : cutter.cut(firstWeight + begin, count), bytes);
      offset += to.rows * bytes;
    }
  }

  void toSlot(std::uint32_t slot, std::uint32_t offset, const std::uint8_t* data, std::uint32_t bytes) {
    m_sink.writeBank(slot % m_plan.dies, slot / m_plan.dies, offset, data, bytes);
  }

  const pim_plan& m_plan;
  MemorySink& m_sink;
};

void packLayer(Packer& packer, const pim_plan& plan, const pim_layer& to, const QuantizedLayer& layer) {
  if (plan.qkv_matrices == 1) {
    packer.matrix(to.qkv[0], layer.q, 0);
    packer.matrix(to.qkv[0], layer.k, layer.q.rows);
    packer.matrix(to.qkv[0], layer.v, layer.q.rows + layer.k.rows);
  } else {
    packer.matrix(to.qkv[0], layer.q, 0);
    packer.matrix(to.qkv[1], layer.k, 0);
    packer.matrix(to.qkv[2], layer.v, 0);
  }
  packer.matrix(to.output, layer.output, 0);
  packer.matrix(to.gate_up[0], layer.gate, 0);
  if (plan.gate_up_matrices == 1)
    packer.matrix(to.gate_up[0], layer.up, layer.gate.rows);
  else
    packer.matrix(to.gate_up[1], layer.up, 0);
  packer.matrix(to.down, layer.down, 0);
}

void writeGain(MemorySink& sink, std::uint32_t address, const std::vector<Q16>& gain) {
  sink.writeController(address, bytesOf(gain.data()), static_cast<std::uint32_t>(gain.size() * sizeof(Q16)));
}

bool tableIsHead(const pim_plan& plan) {
  return plan.embedding == 0 && plan.embedding_bmem == plan.head.bmem;
}

}  // namespace

void bindModel(Layout& layout, const QuantizedModel& model) {
  pim_plan& plan = layout.plan;
  const ModelShape& shape = model.shape;
  if (shape.layers != plan.layers || model.layers.size() != plan.layers || shape.hidden != plan.hidden ||
      shape.heads != plan.heads || shape.kvHeads != plan.kv_heads || shape.headDim != plan.head_dim ||
      shape.mlp != plan.mlp || shape.vocab != plan.vocab)
    throw UserError(fmt::format("{}: expected the shape for which the layout was planned", shape.name));
  if (model.eosTokens.size() > PIM_MAX_EOS)
    throw UserError(fmt::format("{}: {} end-of-sequence ids, expected at most {}", shape.name,
                                model.eosTokens.size(), +PIM_MAX_EOS));
  for (std::size_t l = 0; l < layout.layers.size(); ++l) {
    pim_layer& to = layout.layers[l];
    const QuantizedLayer& from = model.layers[l];
    const auto expect = [&](const pim_matrix& matrix, const QuantizedMatrix& source, MatrixKind kind) {
      expectMatrix(matrix, source, plan, fmt::format("{}: layer {}: {}", shape.name, l, nameOf(kind)));
    };
    const QuantizedMatrix* qkv[] = {&from.q, &from.k, &from.v};
    const QuantizedMatrix* gateUp[] = {&from.gate, &from.up};
    const MatrixKind qkvKinds[] = {MatrixKind::Query, MatrixKind::Key, MatrixKind::Value};
    const MatrixKind gateUpKinds[] = {MatrixKind::Gate, MatrixKind::Up};
    for (int m = 0; m < 3; ++m) {
      to.qkv[m].exponent = exponentOf(*qkv[m]);
      expect(to.qkv[plan.qkv_matrices == 1 ? 0 : m], *qkv[m], qkvKinds[m]);
    }
    for (int m = 0; m < 2; ++m) {
      to.gate_up[m].exponent = exponentOf(*gateUp[m]);
      expect(to.gate_up[plan.gate_up_matrices == 1 ? 0 : m], *gateUp[m], gateUpKinds[m]);
    }
    expect(to.output, from.output, MatrixKind::Output);
    expect(to.down, from.down, MatrixKind::Down);
    if (to.qkv[0].exponent != to.qkv[1].exponent || to.qkv[0].exponent != to.qkv[2].exponent ||
        to.gate_up[0].exponent != to.gate_up[1].exponent)
      throw UserError(
          fmt::format("{}: layer {}: q, k, v and gate, up must share an exponent", shape.name, l));
    to.output.exponent = exponentOf(from.output);
    to.down.exponent = exponentOf(from.down);
  }
  expectMatrix(plan.head, model.head, plan, shape.name + ": head");
  expectFormat({plan.group, plan.embedding_bits, plan.embedding_scale_bits, plan.embedding_zero_bits, 0},
               model.embedding, shape.name + ": embedding");
  plan.head.exponent = exponentOf(model.head);
  plan.embedding_exponent = exponentOf(model.embedding);
  plan.eos_count = static_cast<std::uint32_t>(model.eosTokens.size());
  std::copy(model.eosTokens.begin(), model.eosTokens.end(), plan.eos);
}

void packPlan(const Layout& layout, MemorySink& sink) {
  sink.writeController(layout.planAddress, bytesOf(&layout.plan), sizeof layout.plan);
  if (!layout.layers.empty())
    sink.writeController(layout.plan.layer_table, bytesOf(layout.layers.data()),
                         static_cast<std::uint32_t>(layout.layers.size() * sizeof(pim_layer)));
  if (!layout.maskTable.empty()) {
    const auto behind = static_cast<std::uint32_t>(layout.layers.size() * sizeof(pim_layer));
    sink.writeController(layout.plan.layer_table + behind, bytesOf(layout.maskTable.data()),
                         static_cast<std::uint32_t>(layout.maskTable.size() * sizeof(std::uint32_t)));
  }
}

void packTables(const Layout& layout, const QuantizedModel& model, MemorySink& sink) {
  const pim_plan& plan = layout.plan;
  packPlan(layout, sink);
  sink.writeController(plan.rope_frequencies, bytesOf(model.ropeFrequencies.data()),
                       static_cast<std::uint32_t>(model.ropeFrequencies.size() * sizeof(std::uint32_t)));
  writeGain(sink, plan.final_gain, model.finalGain);
  for (std::size_t l = 0; l < layout.layers.size(); ++l) {
    writeGain(sink, layout.layers[l].attention_gain, model.layers[l].attentionGain);
    writeGain(sink, layout.layers[l].mlp_gain, model.layers[l].mlpGain);
  }
}

void packWeights(const Layout& layout, const QuantizedModel& model, MemorySink& sink) {
  const pim_plan& plan = layout.plan;
  Packer packer(layout, sink);
  for (std::size_t l = 0; l < layout.layers.size(); ++l)
    packLayer(packer, plan, layout.layers[l], model.layers[l]);
  packer.matrix(plan.head, model.head, 0);
  if (!tableIsHead(plan)) packer.embedding(model.embedding);
}

void packModel(const Layout& layout, const QuantizedModel& model, MemorySink& sink) {
  packTables(layout, model, sink);
  packWeights(layout, model, sink);
}

void packMatrix(Layout& layout, const QuantizedMatrix& matrix, MemorySink& sink) {
  expectMatrix(layout.plan.head, matrix, layout.plan, "gemv");
  layout.plan.head.exponent = exponentOf(matrix);
  packPlan(layout, sink);
  Packer(layout, sink).matrix(layout.plan.head, matrix, 0);
}

}  // namespace pim::host
