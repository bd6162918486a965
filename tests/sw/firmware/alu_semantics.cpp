#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <vector>

#include "abi/pim_layout.h"
#include "core/arith/activation.h"
#include "core/arith/attention.h"
#include "core/arith/elementwise.h"
#include "core/arith/rmsnorm.h"
#include "core/arith/rope.h"
#include "core/arith/sample.h"
#include "core/arith/silu.h"
#include "core/arith/softmax.h"
#include "tests/sw/firmware/command_semantics.h"

namespace pim::test {
namespace {

class Alu {
 public:
  Alu(TestChip& chip, const pim_command& command)
      : m_chip(chip), m_command(command), m_alu(command.body.alu) {}

  void run() {
    if (m_command.opcode == PIM_OP_REDUCE) return reduce();
    if (m_command.opcode == PIM_OP_ALU_SOFTMAX) return softmaxRows();
    if (m_command.opcode == PIM_OP_ARGMAX) return findLargest();
    if (m_command.opcode == PIM_OP_SAMPLE) return drawToken();
    for (std::uint32_t r = 0; r < m_alu.rows; ++r) row(r);
  }

 private:
  template <typename T>
  std::vector<T> load(std::uint64_t address, std::size_t count) {
    std::vector<T> values(count);
    const std::uint8_t* from = m_chip.controller(address, count * sizeof(T));
    if (count != 0) std::memcpy(values.data(), from, count * sizeof(T));
    return values;
  }

  template <typename T>
  void store(std::uint64_t address, const std::vector<T>& values) {
    const std::size_t bytes = values.size() * sizeof(T);
    std::uint8_t* to = m_chip.controller(address, bytes);
    if (bytes != 0) std::memcpy(to, values.data(), bytes);
  }

  std::vector<Q16> source(std::uint32_t r) {
    return load<Q16>(m_alu.src + std::uint64_t{r} * m_alu.src_stride, m_alu.count);
  }
  std::vector<Q16> source2(std::uint32_t r) {
    return load<Q16>(m_alu.src2 + std::uint64_t{r} * m_alu.src2_stride, m_alu.count);
  }

  void row(std::uint32_t r) {
    switch (m_command.opcode) {
      case PIM_OP_EMBED:
        return embed(r);
      case PIM_OP_RMSNORM: {
        std::vector<Q16> x = source(r);
        rmsNorm(x.data(), load<Q16>(m_alu.src2, m_alu.count).data(), m_alu.count, m_alu.constant, x.data());
        return activate(r, x);
      }
      case PIM_OP_ADD_RMSNORM: {
        std::vector<Q16> x = source(r);
        addResidual(x.data(), source2(r).data(), m_alu.count);
        store(m_alu.src + std::uint64_t{r} * m_alu.src_stride, x);
        rmsNorm(x.data(), load<Q16>(m_alu.src3, m_alu.count).data(), m_alu.count, m_alu.constant, x.data());
        return activate(r, x);
      }
      case PIM_OP_QUANT:
        return activate(r, source(r));
      case PIM_OP_SILU_MUL: {
        std::vector<Q16> x = source(r);
        siluMul(x.data(), source2(r).data(), m_alu.count, x.data());
        return activate(r, x);
      }
      case PIM_OP_ADD: {
        std::vector<Q16> x = source(r);
        addResidual(x.data(), source2(r).data(), m_alu.count);
        return store(m_alu.dst + std::uint64_t{r} * m_alu.dst_stride, x);
      }
      case PIM_OP_ROPE_Q:
      case PIM_OP_ROPE_K:
      case PIM_OP_KV_V:
        return heads(r);
      default:
        throw std::invalid_argument("opcode");
    }
  }

  void embed(std::uint32_t r) {
    const std::uint32_t id = m_alu.src != 0 ? load<std::uint32_t>(m_alu.src + 4ull * r, 1)[0] : r;
    const WeightFormat format{m_alu.group, m_alu.weight_bits, m_alu.scale_bits, m_alu.zero_bits};
    const auto bytes = load<std::uint8_t>(m_alu.src2 + std::uint64_t{id} * m_alu.src2_stride,
                                          weightRowBytes(m_alu.count, format));
    std::vector<Q16> y(m_alu.count);
    dequantiseRow(WeightRowView(bytes.data(), m_alu.count, format), m_alu.exponent, y.data());
    store(m_alu.dst + std::uint64_t{r} * m_alu.dst_stride, y);
  }

  void activate(std::uint32_t r, std::vector<Q16> x) {
    const ActivationFormat format{m_alu.group, m_alu.activation_bits};
    const std::uint32_t parts = std::max<std::uint32_t>(m_command.column_parts, 1);
    x.resize(std::size_t{parts} * m_alu.part_count);
    const ActivationScale scale = chooseScale(x.data(), static_cast<std::uint32_t>(x.size()), format);
    std::uint64_t address = m_alu.dst;
    for (std::uint32_t part = 0; part < parts; ++part) {
      for (std::uint32_t begin = 0; begin < m_alu.part_count; begin += m_alu.tile_count) {
        const std::uint32_t k = std::min(m_alu.tile_count, m_alu.part_count - begin);
        const std::uint32_t bytes = activationRecordBytes(k, format);
        writeRecord(x.data() + std::size_t{part} * m_alu.part_count + begin, k, format, scale,
                    m_chip.controller(address + std::uint64_t{r} * bytes, bytes));
        address += std::uint64_t{m_alu.rows} * bytes;
      }
    }
  }

  void heads(std::uint32_t r) {
    const std::uint32_t perBlock = m_command.opcode == PIM_OP_ROPE_Q ? m_alu.heads_per_group : 1;
    for (std::uint32_t block = 0; block < m_alu.blocks; ++block) {
      std::vector<Q16> x = load<Q16>(
          m_alu.src + std::uint64_t{r} * m_alu.src_stride + 4ull * block * perBlock * m_alu.head_dim,
          std::size_t{perBlock} * m_alu.head_dim);
      if (m_command.opcode != PIM_OP_KV_V) {
        const auto frequencies = load<std::uint32_t>(m_alu.src2, m_alu.head_dim / 2);
        for (std::uint32_t h = 0; h < perBlock; ++h)
          rotateHead(x.data() + std::size_t{h} * m_alu.head_dim, m_alu.head_dim, m_alu.position + r,
                     frequencies.data());
      }
      const std::uint64_t to =
          m_alu.dst + std::uint64_t{r} * m_alu.dst_stride + std::uint64_t{block} * m_alu.dst_block_stride;
      if (m_command.opcode == PIM_OP_ROPE_Q) {
        encodeQueryRecord(x.data(), perBlock, m_alu.head_dim,
                          m_chip.controller(to, pim_query_record_bytes(perBlock, m_alu.head_dim)));
      } else {
        encodeKvRecord(x.data(), m_alu.head_dim, {m_alu.kv_bits},
                       m_chip.controller(to, pim_kv_record_bytes(m_alu.head_dim, m_alu.kv_bits)));
      }
    }
  }

  void reduce() {
    for (std::uint32_t block = 0; block < m_alu.blocks; ++block) {
      for (std::uint32_t r = 0; r < m_alu.rows; ++r) {
        const int base =
            m_alu.src2 == 0 ? 0 : load<std::int8_t>(m_alu.src2 + std::uint64_t{r} * m_alu.src2_stride, 1)[0];
        std::vector<std::int64_t> sums(m_alu.count);
        for (std::uint32_t s = 0; s < m_alu.segments; ++s) {
          const auto part = load<std::int64_t>(
              m_alu.src + (std::uint64_t{block} * m_alu.segments + s) * m_alu.segment_stride +
                  8ull * r * m_alu.count,
              m_alu.count);
          for (std::uint32_t e = 0; e < m_alu.count; ++e) sums[e] += part[e];
        }
        std::vector<Q16> y;
        for (const std::int64_t sum : sums)
          y.push_back(sat32(roundShift(sum, -(base + m_alu.exponent + 16))));
        store(m_alu.dst + std::uint64_t{r} * m_alu.dst_stride + 4ull * block * m_alu.count, y);
      }
    }
  }

  void softmaxRows() {
    for (std::uint32_t block = 0; block < m_alu.blocks; ++block) {
      for (std::uint32_t r = 0; r < m_alu.rows; ++r) {
        std::vector<ScoreSegment> segments;
        std::vector<std::vector<std::int32_t>> scores;
        std::vector<std::vector<std::uint16_t>> probabilities;
        for (std::uint32_t s = 0; s < m_alu.segments; ++s) {
          const std::uint32_t held =
              pim_tokens_held(m_alu.position + r / m_alu.heads_per_group, m_alu.segments, s);
          scores.push_back(load<std::int32_t>(
              m_alu.src + (std::uint64_t{block} * m_alu.segments + s) * m_alu.segment_stride +
                  std::uint64_t{r} * m_alu.src_stride,
              held));
          probabilities.emplace_back(held);
        }
        for (std::uint32_t s = 0; s < m_alu.segments; ++s)
          segments.push_back(
              {scores[s].data(), probabilities[s].data(), static_cast<std::uint32_t>(scores[s].size())});
        softmax(segments.data(), m_alu.segments);
        for (std::uint32_t s = 0; s < m_alu.segments; ++s) {
          store(m_alu.dst + (std::uint64_t{block} * m_alu.segments + s) * m_alu.dst_segment_stride +
                    std::uint64_t{r} * m_alu.dst_stride,
                probabilities[s]);
        }
      }
    }
  }

  void findLargest() {
    store(m_alu.dst,
          std::vector<std::uint32_t>{argmax(load<Q16>(m_alu.src, m_alu.count).data(), m_alu.count)});
  }

  void drawToken() {
    const SampleRule rule{m_alu.multiplier, m_alu.multiplier_shift, m_alu.top_p};
    store(m_alu.dst, std::vector<std::uint32_t>{
                         sample(load<Q16>(m_alu.src, m_alu.count).data(), m_alu.count, rule, m_alu.src3)});
  }

  TestChip& m_chip;
  const pim_command& m_command;
  const pim_alu& m_alu;
};

}  // namespace

void executeInAlu(TestChip& chip, const pim_command& command) {
  Alu(chip, command).run();
}

}  // namespace pim::test
