#include "sim/cosim/alu_stimulus.h"

#include <cstring>
#include <limits>
#include <stdexcept>

#include "abi/pim_layout.h"
#include "core/arith/sample.h"
#include "core/operations/alu_operation.h"
#include "tlm/rtl/alu_model.h"

namespace pim::cosim {

pim_command AluStimulus::next(std::vector<std::uint8_t>& memory) {
  memory.resize(kMemoryBytes);
  m_memory = &memory;
  m_free = 4 * pick(1, 64);  // address 0 means "none"
  pim_command command{};
  command.opcode = m_opcode;
  pim_alu& alu = command.body.alu;
  alu.rows = pick(1, 3);
  switch (m_opcode) {
    case PIM_OP_EMBED:
      embed(alu);
      break;
    case PIM_OP_RMSNORM:
    case PIM_OP_QUANT:
    case PIM_OP_SILU_MUL:
    case PIM_OP_ADD_RMSNORM:
      records(command);
      break;
    case PIM_OP_ROPE_Q:
    case PIM_OP_ROPE_K:
    case PIM_OP_KV_V:
      heads(alu);
      break;
    case PIM_OP_REDUCE:
      reduce(alu);
      break;
    case PIM_OP_ALU_SOFTMAX:
      softmax(alu);
      break;
    case PIM_OP_SAMPLE:
      sample(alu);
      break;
    case PIM_OP_ADD:
    case PIM_OP_ARGMAX:
      if (m_opcode == PIM_OP_ARGMAX) alu.rows = pick(0, 1);
      alu.count = rowLength();
      alu.src_stride = 4 * alu.count + 4 * pick(0, 5);
      alu.src = room(alu.src_stride * 3);
      q16(alu.src, alu.src_stride / 4 * 3);
      m_elements += alu.count;
      if (m_opcode == PIM_OP_ARGMAX) {
        alu.dst = room(4);
        break;
      }
      alu.src2_stride = 4 * alu.count;
      alu.src2 = room(alu.src2_stride * alu.rows);
      q16(alu.src2, alu.count * alu.rows);
      alu.dst_stride = alu.src_stride;
      alu.dst = oneOf({alu.src, room(alu.dst_stride * alu.rows)});
      m_elements += alu.count * (alu.rows - 1);
      break;
    default:
      throw std::logic_error("AluStimulus: not an ALU command");
  }
  return command;
}

std::uint32_t AluStimulus::pick(std::uint32_t low, std::uint32_t high) {
  return low + static_cast<std::uint32_t>(m_random() % (high - low + 1));
}

std::uint32_t AluStimulus::rowLength() {
  const std::uint32_t kind = pick(0, 19);
  return kind == 0 ? pick(1000, 5000) : kind < 8 ? pick(1, 40) : pick(1, 400);
}

void AluStimulus::embed(pim_alu& alu) {
  alu.group = oneOf<std::uint16_t>({32, 64, 128});
  alu.count = alu.group * pick(1, 12);
  alu.weight_bits = 4;
  alu.scale_bits = 16;
  alu.zero_bits = oneOf<std::uint8_t>({0, 4});
  alu.exponent = static_cast<std::int16_t>(static_cast<int>(pick(0, 80)) - 60);
  const std::uint32_t bytes =
      pim_weight_row_bytes(alu.count, alu.group, alu.weight_bits, alu.scale_bits, alu.zero_bits, 0);
  alu.src2_stride = bytes + 32 * pick(0, 2);
  alu.src2 = room(5 * alu.src2_stride, 32);
  for (std::uint32_t i = 0; i < 5 * alu.src2_stride; i += 4) {
    const auto word = static_cast<std::uint32_t>(m_random());
    store(alu.src2 + i, &word, 4);
  }
  if (pick(0, 3) != 0) {
    alu.src = room(4 * alu.rows);
    for (std::uint32_t r = 0; r < alu.rows; ++r) {
      const std::uint32_t id = pick(0, 4);
      store(alu.src + 4 * r, &id, 4);
    }
  }
  alu.dst_stride = 4 * alu.count;
  alu.dst = room(alu.dst_stride * alu.rows);
  m_elements += alu.count * alu.rows;
}

void AluStimulus::records(pim_command& command) {
  pim_alu& alu = command.body.alu;
  alu.group = oneOf<std::uint16_t>({32, 64, 128});
  alu.activation_bits = oneOf<std::uint8_t>({16, 16, 8});
  alu.count = rowLength();
  command.column_parts = static_cast<std::uint8_t>(pick(0, 3));
  const std::uint32_t parts = command.column_parts == 0 ? 1 : command.column_parts;
  alu.part_count = pim_round_up(pim_ceil_div(alu.count, parts), alu.group) + alu.group * pick(0, 1);
  alu.tile_count = alu.group * pick(1, alu.part_count / alu.group + 1);
  alu.src_stride = 4 * (alu.count + pick(0, 3));
  alu.src = room(alu.src_stride * alu.rows);
  for (std::uint32_t r = 0; r < alu.rows; ++r) q16(alu.src + r * alu.src_stride, alu.count);
  const bool adds = command.opcode == PIM_OP_ADD_RMSNORM;
  if (normalises(command.opcode)) {
    const std::uint32_t gain = room(4 * alu.count);
    q16(gain, alu.count);
    (adds ? alu.src3 : alu.src2) = gain;
    alu.constant = oneOf<std::uint32_t>({1, 42950, 429497, 0xffffffff});
  }
  if (adds || command.opcode == PIM_OP_SILU_MUL) {
    alu.src2_stride = alu.src_stride + (adds ? 4 * pick(0, 2) : 0);
    alu.src2 = room(alu.src2_stride * alu.rows);
    for (std::uint32_t r = 0; r < alu.rows; ++r) q16(alu.src2 + r * alu.src2_stride, alu.count);
  }
  std::uint32_t bytes = 0;
  for (std::uint32_t first = 0; first < alu.part_count; first += alu.tile_count) {
    const std::uint32_t k = alu.tile_count < alu.part_count - first ? alu.tile_count : alu.part_count - first;
    bytes += pim_activation_record_bytes(k, alu.group, alu.activation_bits);
  }
  alu.dst = room(parts * alu.rows * bytes);
  m_elements += alu.count * alu.rows;
}

void AluStimulus::heads(pim_alu& alu) {
  const bool query = m_opcode == PIM_OP_ROPE_Q;
  alu.head_dim = static_cast<std::uint16_t>(2 * pick(1, oneOf<std::uint32_t>({8, 24, 64, 130})));
  alu.blocks = pick(1, 4);
  alu.heads_per_group = query ? static_cast<std::uint8_t>(pick(1, 5)) : std::uint8_t{0};
  alu.kv_bits = query ? std::uint8_t{0} : oneOf<std::uint8_t>({16, 8, 4});
  alu.position = oneOf<std::uint32_t>({0, pick(0, 4095), static_cast<std::uint32_t>(m_random())});
  const std::uint32_t heads = alu.blocks * (query ? alu.heads_per_group : 1u);
  alu.src_stride = 4 * (heads * alu.head_dim + pick(0, 3));
  alu.src = room(alu.src_stride * alu.rows);
  for (std::uint32_t r = 0; r < alu.rows; ++r) {
    for (std::uint32_t h = 0; h < heads; ++h)
      q16(alu.src + r * alu.src_stride + 4 * h * alu.head_dim, alu.head_dim);
  }
  if (m_opcode != PIM_OP_KV_V) {
    alu.src2 = room(2u * alu.head_dim);
    for (std::uint32_t j = 0; j < alu.head_dim / 2u; ++j) {
      const auto frequency = static_cast<std::uint32_t>(m_random() >> pick(32, 50));
      store(alu.src2 + 4 * j, &frequency, 4);
    }
  }
  const std::uint32_t bytes = query ? pim_query_record_bytes(alu.heads_per_group, alu.head_dim)
                                    : pim_kv_record_bytes(alu.head_dim, alu.kv_bits);
  if (pick(0, 1) != 0) {  // blocks side by side
    alu.dst_block_stride = bytes;
    alu.dst_stride = alu.blocks * bytes;
  } else {
    alu.dst_stride = bytes;
    alu.dst_block_stride = alu.rows * bytes;
  }
  alu.dst = room(alu.rows * alu.blocks * bytes);
  m_elements += alu.rows * heads * alu.head_dim;
}

void AluStimulus::reduce(pim_alu& alu) {
  alu.count = pick(1, oneOf<std::uint32_t>({20, 200, 1000}));
  alu.blocks = pick(1, 3);
  alu.segments = pick(1, 4);
  alu.exponent = static_cast<std::int16_t>(static_cast<int>(pick(0, 100)) - 90);
  alu.segment_stride = 8 * alu.rows * alu.count + 8 * pick(0, 2);
  alu.src = room(alu.blocks * alu.segments * alu.segment_stride);
  const std::uint32_t scale = pick(3, 60);
  for (std::uint32_t i = 0; i < alu.blocks * alu.segments * alu.segment_stride; i += 8) {
    const std::int64_t sum = static_cast<std::int64_t>(m_random()) >> (pick(0, 9) == 0 ? pick(3, 63) : scale);
    store(alu.src + i, &sum, 8);
  }
  if (pick(0, 1) != 0) {
    alu.src2_stride = pick(1, 70);
    alu.src2 = room(alu.rows * alu.src2_stride, 1);
    for (std::uint32_t r = 0; r < alu.rows; ++r) {
      const auto base = static_cast<std::int8_t>(static_cast<int>(pick(0, 31)) - 16);
      store(alu.src2 + r * alu.src2_stride, &base, 1);
    }
  }
  alu.dst_stride = 4 * (alu.blocks * alu.count + pick(0, 2));
  alu.dst = room(alu.rows * alu.dst_stride);
  m_elements += alu.rows * alu.blocks * alu.segments * alu.count;
}

void AluStimulus::softmax(pim_alu& alu) {
  alu.heads_per_group = static_cast<std::uint8_t>(pick(1, 4));
  alu.rows = alu.heads_per_group * pick(1, 3);
  alu.segments = pick(1, oneOf<std::uint32_t>({2, 4, 16}));
  alu.blocks = pick(1, 3);
  alu.position = pick(1, oneOf<std::uint32_t>({8, 70, 300, 2000}));
  const std::uint32_t longest = alu.position + alu.rows / alu.heads_per_group;
  const std::uint32_t pitch = pim_ceil_div(longest, alu.segments) + pick(0, 3);
  alu.src_stride = 4 * pitch;
  alu.dst_stride = 2 * pim_round_up(pitch, 2);
  alu.segment_stride = alu.rows * alu.src_stride;
  alu.dst_segment_stride = alu.rows * alu.dst_stride;
  const std::uint32_t scores = alu.blocks * alu.segments * alu.rows * pitch;
  alu.src = room(4 * scores);
  const std::uint32_t spread = pick(0, 2) == 0 ? pick(0, 31) : pick(16, 20);
  for (std::uint32_t i = 0; i < scores; ++i) {
    const std::int32_t score = static_cast<std::int32_t>(m_random()) >> spread;
    store(alu.src + 4 * i, &score, 4);
  }
  alu.dst = room(alu.blocks * alu.segments * alu.dst_segment_stride);
  m_elements += std::uint64_t{alu.blocks} * alu.rows * alu.position;
}

void AluStimulus::sample(pim_alu& alu) {
  alu.rows = pick(0, 1);
  if (pick(0, 49) == 0) return sampleTail(alu);
  constexpr std::uint32_t kMost = kMaxSampledLogits;
  alu.count = pick(1, oneOf<std::uint32_t>({1, 33, 70, 70, 300, 300, 2000}));
  if (pick(0, 499) == 0) alu.count = oneOf({kMost, pick(AluModel::kRowElements, kMost)});
  alu.src = room(4 * alu.count);
  alu.dst = room(4);
  // At a temperature of 1 the shift is 20.
  alu.multiplier =
      static_cast<std::uint16_t>(oneOf({32768u, 65535u, pick(32768, 65535), pick(32768, 65535)}));
  alu.multiplier_shift = static_cast<std::uint16_t>(
      oneOf({0u, 62u, pick(0, 62), pick(15, 25), pick(15, 25), pick(15, 25), pick(15, 25)}));
  alu.top_p = oneOf({1u, 65535u, 65536u, pick(1, 65536), pick(1, 65536), pick(60000, 65536)});
  const auto any = static_cast<std::uint32_t>(m_random());
  alu.src3 = oneOf({0u, 0xffffffffu, any, any, any});
  // A row with few different values has many tokens at the edge of the nucleus.
  const std::uint32_t values = oneOf<std::uint32_t>({0, 0, 1, 2, 12}), step = pick(1, 1u << pick(4, 26));
  q16(alu.src, alu.count);
  for (std::uint32_t i = 0; values != 0 && i < alu.count; ++i) {
    const auto logit = static_cast<std::int32_t>(step * pick(0, values - 1));
    store(alu.src + 4 * i, &logit, 4);
  }
  m_elements += alu.count;
}

void AluStimulus::sampleTail(pim_alu& alu) {
  constexpr std::uint32_t kShareOfOne = 4096;  // share of the largest weight that the nucleus leaves out
  alu.count = 1 + kShareOfOne + pick(0, 1000);
  alu.src = room(4 * alu.count);
  alu.dst = room(4);
  alu.multiplier = 32768;
  alu.multiplier_shift = 15;
  alu.top_p = 65535;
  alu.src3 = oneOf({0xffffffffu, static_cast<std::uint32_t>(m_random())});
  constexpr std::int32_t kFar = -28 * 2048, kLargest = 0;  // weights of 2^-28, the smallest, and of 1
  for (std::uint32_t i = 0; i < alu.count; ++i) store(alu.src + 4 * i, &kFar, 4);
  store(alu.src, &kLargest, 4);
  m_elements += alu.count;
}

void AluStimulus::q16(std::uint32_t address, std::uint32_t count) {
  constexpr std::int32_t kMax = std::numeric_limits<std::int32_t>::max(), kMin = -kMax - 1;
  const std::uint32_t down = pick(0, 31), outliers = pick(0, 3) == 0 ? pick(1, 40) : 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto any = static_cast<std::int32_t>(m_random());
    std::int32_t value = any >> down;
    if (outliers != 0 && pick(0, outliers) == 0)
      value = oneOf({kMax, kMin, kMin + 1, 0, any, any >> (down / 2)});
    store(address + 4 * i, &value, 4);
  }
}

void AluStimulus::store(std::uint32_t address, const void* from, std::uint32_t bytes) {
  std::memcpy(m_memory->data() + address, from, bytes);
}

std::uint32_t AluStimulus::room(std::uint32_t bytes, std::uint32_t unit) {
  const std::uint32_t at = pim_round_up(m_free, unit);
  m_free = at + bytes;
  if (m_free > kMemoryBytes) throw std::logic_error("AluStimulus: a command of more than the memory");
  return at;
}

}  // namespace pim::cosim
