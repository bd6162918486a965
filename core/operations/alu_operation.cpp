#include "core/operations/alu_operation.h"

#include <algorithm>
#include <stdexcept>

#include "abi/pim_layout.h"
#include "core/arith/activation.h"
#include "core/arith/attention.h"
#include "core/arith/elementwise.h"
#include "core/arith/rmsnorm.h"
#include "core/arith/rope.h"
#include "core/arith/sample.h"
#include "core/arith/saturation.h"
#include "core/arith/silu.h"
#include "core/arith/softmax.h"
#include "core/formats/kv_cache.h"

namespace pim {
namespace {

/// The passes over the unit's buffer between streaming in and streaming out, and the fixed cycles per row.
struct AluCost {
  std::int64_t passes;
  std::int64_t fixed;
};
AluCost costOf(const pim_alu& alu, std::uint8_t opcode, std::uint32_t lanes) {
  constexpr std::int64_t kPipeline = 8;
  constexpr std::int64_t kDivide = 48;      // 64 quotient bits, two per cycle, and normalisation
  constexpr std::int64_t kSquareRoot = 40;  // one bit of the root per cycle
  constexpr std::int64_t kWeighNucleus =
      16;  // 18 quotient bits, two per cycle, and the multiplications after them
  const std::int64_t walkChunk = std::max(lanes / 2, 1u);  // elements searched one by one for the drawn token
  switch (opcode) {
    case PIM_OP_RMSNORM:
    case PIM_OP_ADD_RMSNORM:  // root and quotient while the sum leaves
      return {1, kPipeline + kSquareRoot + kDivide};
    case PIM_OP_ALU_SOFTMAX:
      return {1, kPipeline + kDivide};
    case PIM_OP_SILU_MUL:
      return {0, kPipeline + kDivide};  // the divider is pipelined
    case PIM_OP_SAMPLE:                 // each pass streams the logits again
      return {0, kPipeline * samplePasses(alu.top_p) + kWeighNucleus + walkChunk};
    default:
      return {0, kPipeline};
  }
}

template <typename T>
T* grow(std::vector<T>& buffer, std::size_t elements) {
  if (buffer.size() < elements) buffer.resize(elements);
  return buffer.data();
}

}  // namespace

bool isAluOpcode(std::uint8_t opcode) {
#define PIM_OR(name, value, body) || opcode == value
  return false PIM_ALU_COMMANDS(PIM_OR);
#undef PIM_OR
}

bool answersToken(std::uint8_t opcode) {
  return opcode == PIM_OP_ARGMAX || opcode == PIM_OP_SAMPLE;
}

std::uint32_t aluRowElements(const pim_alu& alu, std::uint8_t opcode, std::uint32_t row) {
  if (opcode != PIM_OP_ALU_SOFTMAX) return alu.count;
  const std::uint32_t vector = row % std::max(alu.rows, 1u);
  return alu.position + vector / std::max<std::uint32_t>(alu.heads_per_group, 1);
}

std::int64_t aluRowCycles(const pim_alu& alu, std::uint8_t opcode, std::uint32_t row,
                          const AluCompute& compute) {
  const AluCost cost = costOf(alu, opcode, compute.lanes);
  return cost.passes * pim_ceil_div(aluRowElements(alu, opcode, row), compute.lanes) +
         (compute.latency ? cost.fixed : 0);
}

std::int64_t aluCycles(const pim_alu& alu, std::uint8_t opcode, const AluCompute& compute) {
  std::int64_t cycles = 0;
  for (std::uint32_t r = 0; r < std::max(alu.rows, 1u); ++r) cycles += aluRowCycles(alu, opcode, r, compute);
  return std::max(alu.blocks, 1u) * cycles;
}

template <typename T>
T* AluOperation::load(std::vector<T>& buffer, std::uint32_t address, std::size_t elements) {
  T* to = grow(buffer, elements);
  m_memory->read(address, to, static_cast<std::uint32_t>(elements * sizeof(T)));
  return to;
}

void AluOperation::run(const pim_command& command, AluMemory& memory, bool compute) {
  m_memory = &memory;
  m_compute = compute;
  const pim_alu& alu = command.body.alu;
  switch (command.opcode) {
    case PIM_OP_EMBED:
      return embed(alu);
    case PIM_OP_RMSNORM:
    case PIM_OP_QUANT:
    case PIM_OP_SILU_MUL:
    case PIM_OP_ADD_RMSNORM:
      return activations(command);
    case PIM_OP_ROPE_Q:
    case PIM_OP_ROPE_K:
    case PIM_OP_KV_V:
      return heads(command);
    case PIM_OP_ADD:
      return add(alu);
    case PIM_OP_REDUCE:
      return reduce(alu);
    case PIM_OP_ALU_SOFTMAX:
      return softmax(alu);
    case PIM_OP_ARGMAX:
      return argmax(alu);
    case PIM_OP_SAMPLE:
      return sample(alu);
    default:
      throw std::logic_error("AluOperation: not an ALU command");
  }
}

void AluOperation::embed(const pim_alu& alu) {
  const WeightFormat format{alu.group, alu.weight_bits, alu.scale_bits, alu.zero_bits};
  for (std::uint32_t r = 0; r < alu.rows; ++r) {
    const std::uint32_t id = alu.src == 0 ? r : *load(m_words, alu.src + 4 * r, 1);
    // Without data, the id in memory has no meaning. Every row takes the same time.
    const std::uint32_t index = m_compute ? id : 0;
    const std::uint32_t rowBytes = weightRowBytes(alu.count, format);
    const std::uint8_t* row = load(m_bytes, alu.src2 + index * alu.src2_stride, rowBytes);
    Q16* y = grow(m_a, alu.count);
    if (m_compute) {
      dequantiseRow(WeightRowView(row, alu.count, format), alu.exponent, y);
      countAtLimit(ClippedAt::Embedding, y, alu.count);
    }
    m_memory->write(alu.dst + r * alu.dst_stride, y, alu.count * 4);
  }
}

void AluOperation::activations(const pim_command& command) {
  const pim_alu& alu = command.body.alu;
  const std::uint32_t parts = std::max<std::uint32_t>(command.column_parts, 1);
  const std::size_t padded = std::size_t{parts} * alu.part_count;
  const bool adds = command.opcode == PIM_OP_ADD_RMSNORM, norms = normalises(command.opcode);
  const Q16* gain = norms ? load(m_gain, adds ? alu.src3 : alu.src2, alu.count) : nullptr;
  for (std::uint32_t r = 0; r < alu.rows; ++r) {
    grow(m_a, padded);
    const std::uint32_t source = alu.src + r * alu.src_stride;
    Q16* x = adds ? addRow(alu, r, source) : load(m_a, source, alu.count);
    const Q16* up = nullptr;
    if (command.opcode == PIM_OP_SILU_MUL) up = load(m_b, alu.src2 + r * alu.src2_stride, alu.count);
    if (m_compute) {
      if (norms) rmsNorm(x, gain, alu.count, alu.constant, x);
      if (command.opcode == PIM_OP_SILU_MUL) siluMul(x, up, alu.count, x);
      if (command.opcode != PIM_OP_QUANT)
        countAtLimit(norms ? ClippedAt::Norm : ClippedAt::Mlp, x, alu.count);
      std::fill(x + alu.count, x + padded, 0);
    }
    writeRecords(command, r, x);
  }
}

void AluOperation::writeRecords(const pim_command& command, std::uint32_t row, const Q16* values) {
  const pim_alu& alu = command.body.alu;
  const std::uint32_t parts = std::max<std::uint32_t>(command.column_parts, 1);
  const ActivationFormat format{alu.group, alu.activation_bits};
  ActivationScale scale;
  if (m_compute) scale = chooseScale(values, parts * alu.part_count, format);
  std::uint32_t address = alu.dst;
  for (std::uint32_t part = 0; part < parts; ++part) {
    for (std::uint32_t first = 0; first < alu.part_count; first += alu.tile_count) {
      const std::uint32_t k = std::min(alu.tile_count, alu.part_count - first);
      const std::uint32_t bytes = activationRecordBytes(k, format);
      std::uint8_t* record = grow(m_bytes, bytes);
      if (m_compute) writeRecord(values + part * alu.part_count + first, k, format, scale, record);
      m_memory->write(address + row * bytes, record, bytes);
      address += alu.rows * bytes;
    }
  }
}

void AluOperation::heads(const pim_command& command) {
  const pim_alu& alu = command.body.alu;
  const bool query = command.opcode == PIM_OP_ROPE_Q;
  const std::uint32_t headsPerBlock = query ? alu.heads_per_group : 1;
  const std::uint32_t blockElements = headsPerBlock * alu.head_dim;
  const KvFormat format{alu.kv_bits};
  const std::uint32_t recordBytes = query ? pim_query_record_bytes(headsPerBlock, alu.head_dim)
                                          : pim_kv_record_bytes(alu.head_dim, alu.kv_bits);
  const std::uint32_t* frequencies =
      command.opcode == PIM_OP_KV_V ? nullptr : load(m_words, alu.src2, alu.head_dim / 2);
  for (std::uint32_t r = 0; r < alu.rows; ++r) {
    Q16* x = load(m_a, alu.src + r * alu.src_stride, std::size_t{alu.blocks} * blockElements);
    std::uint8_t* records = grow(m_bytes, std::size_t{alu.blocks} * recordBytes);
    for (std::uint32_t block = 0; m_compute && block < alu.blocks; ++block) {
      Q16* head = x + std::size_t{block} * blockElements;
      std::uint8_t* record = records + std::size_t{block} * recordBytes;
      for (std::uint32_t h = 0; frequencies != nullptr && h < headsPerBlock; ++h) {
        rotateHead(head + h * alu.head_dim, alu.head_dim, alu.position + r, frequencies);
        countAtLimit(ClippedAt::Rotation, head + h * alu.head_dim, alu.head_dim);
      }
      std::fill_n(record, recordBytes, std::uint8_t{0});
      if (query) {
        encodeQueryRecord(head, headsPerBlock, alu.head_dim, record);
      } else {
        countClipped(ClippedAt::Cache, encodeKvRecord(head, alu.head_dim, format, record));
      }
    }
    writeBlocks(alu.dst + r * alu.dst_stride, alu.dst_block_stride, records, alu.blocks, recordBytes);
  }
}

void AluOperation::writeBlocks(std::uint32_t address, std::uint32_t stride, const std::uint8_t* blocks,
                               std::uint32_t count, std::uint32_t bytes) {
  if (stride == bytes) return m_memory->write(address, blocks, count * bytes);
  for (std::uint32_t i = 0; i < count; ++i)
    m_memory->write(address + i * stride, blocks + std::size_t{i} * bytes, bytes);
}

void AluOperation::add(const pim_alu& alu) {
  for (std::uint32_t r = 0; r < alu.rows; ++r) addRow(alu, r, alu.dst + r * alu.dst_stride);
}

Q16* AluOperation::addRow(const pim_alu& alu, std::uint32_t row, std::uint32_t address) {
  Q16* x = load(m_a, alu.src + row * alu.src_stride, alu.count);
  const Q16* y = load(m_b, alu.src2 + row * alu.src2_stride, alu.count);
  if (m_compute) {
    addResidual(x, y, alu.count);
    countAtLimit(ClippedAt::Residual, x, alu.count);
  }
  m_memory->write(address, x, alu.count * 4);
  return x;
}

void AluOperation::reduce(const pim_alu& alu) {
  for (std::uint32_t r = 0; r < alu.rows; ++r) {
    std::int8_t base = 0;
    if (alu.src2 != 0) {
      m_memory->read(alu.src2 + r * alu.src2_stride, &base, 1);
    }
    for (std::uint32_t block = 0; block < alu.blocks; ++block) {
      std::int64_t* sums = grow(m_sums, std::size_t{alu.segments} * alu.count);
      for (std::uint32_t s = 0; s < alu.segments; ++s) {
        m_memory->read(alu.src + (block * alu.segments + s) * alu.segment_stride + 8 * r * alu.count,
                       sums + std::size_t{s} * alu.count, 8 * alu.count);
      }
      Q16* y = grow(m_a, alu.count);
      if (m_compute) {
        reducePartials(sums, alu.segments, alu.count, alu.count, -(base + alu.exponent + 16), y);
        countAtLimit(ClippedAt::Matrix, y, alu.count);
      }
      m_memory->write(alu.dst + r * alu.dst_stride + 4 * block * alu.count, y, 4 * alu.count);
    }
  }
}

void AluOperation::softmax(const pim_alu& alu) {
  std::vector<ScoreSegment> segments(alu.segments);
  for (std::uint32_t block = 0; block < alu.blocks; ++block) {
    for (std::uint32_t r = 0; r < alu.rows; ++r) {
      const std::uint32_t length = alu.position + r / alu.heads_per_group;
      std::int32_t* scores = grow(m_scores, length);
      std::uint16_t* probabilities = grow(m_probabilities, length);
      std::uint32_t first = 0;
      for (std::uint32_t s = 0; s < alu.segments; ++s) {
        const std::uint32_t held = pim_tokens_held(length, alu.segments, s);
        m_memory->read(alu.src + (block * alu.segments + s) * alu.segment_stride + r * alu.src_stride,
                       scores + first, 4 * held);
        segments[s] = {scores + first, probabilities + first, held};
        first += held;
      }
      if (m_compute) pim::softmax(segments.data(), alu.segments);
      for (std::uint32_t s = 0; s < alu.segments; ++s) {
        m_memory->write(alu.dst + (block * alu.segments + s) * alu.dst_segment_stride + r * alu.dst_stride,
                        segments[s].probabilities, 2 * segments[s].count);
      }
    }
  }
}

void AluOperation::argmax(const pim_alu& alu) {
  const Q16* x = load(m_a, alu.src, alu.count);
  const std::uint32_t id = m_compute ? pim::argmax(x, alu.count) : 0;
  m_memory->write(alu.dst, &id, sizeof id);
}

void AluOperation::sample(const pim_alu& alu) {
  const Q16* x = nullptr;
  for (std::uint32_t pass = 0; pass < samplePasses(alu.top_p); ++pass) x = load(m_a, alu.src, alu.count);
  const SampleRule rule{alu.multiplier, alu.multiplier_shift, alu.top_p};
  const std::uint32_t id = m_compute ? pim::sample(x, alu.count, rule, alu.src3) : 0;
  m_memory->write(alu.dst, &id, sizeof id);
}

}  // namespace pim
