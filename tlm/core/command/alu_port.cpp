#include "tlm/core/command/alu_port.h"

#include <algorithm>

#include "sw/abi/pim_layout.h"

namespace pim {
namespace {

// Cycles of rtl_ref/alu from the beginning of a compute phase to the first byte in the port's queue.
constexpr std::int64_t kToQueue = 4;
constexpr std::int64_t kRotation = 3;  // more of them

bool isHead(std::uint8_t opcode) {
  return opcode == PIM_OP_ROPE_Q || opcode == PIM_OP_ROPE_K || opcode == PIM_OP_KV_V;
}

bool isRecord(std::uint8_t opcode) {
  return opcode == PIM_OP_RMSNORM || opcode == PIM_OP_QUANT || opcode == PIM_OP_SILU_MUL;
}

}  // namespace

AluPort::AluPort(const pim_command& command, std::uint32_t lanes, Clock clock)
    : m_command(command), m_clock(clock), m_chunk(std::max(lanes / 2, 1u)) {
  if (!isHead(command.opcode)) return;
  const pim_alu& alu = command.body.alu;
  m_entering = std::int64_t{alu.blocks} * headsPerBlock() * chunks(alu.head_dim);
  m_leavingOfHeads = leavingOfHeads();
}

std::uint32_t AluPort::headsPerBlock() const {
  return m_command.opcode == PIM_OP_ROPE_Q ? m_command.body.alu.heads_per_group : 1u;
}

std::int64_t AluPort::chunks(std::uint64_t elements) const {
  return static_cast<std::int64_t>((elements + m_chunk - 1) / m_chunk);
}

std::int64_t AluPort::streamCycles(std::uint32_t bytes, Picoseconds memory) const {
  // A cycle for the request; then a beat a cycle, each when the memory has moved it.
  return 1 + std::max<std::int64_t>(chunks((bytes + 3) / 4), memory / m_clock.period());
}

void AluPort::read(std::uint32_t bytes, Picoseconds memory) {
  if (m_writes != 0) endRow();
  m_reads += bytes == 0 ? 1 : streamCycles(bytes, memory);
}

void AluPort::write(std::uint32_t bytes, Picoseconds memory) {
  if (m_writes == 0 && isHead(m_command.opcode)) m_reads = std::max(m_reads, 1 + m_entering) + 1;
  m_writes += bytes == 0 ? 1 : streamCycles(bytes, memory);
}

void AluPort::endRow() {
  m_ended += m_reads + std::max(m_writes, leaving(m_row));
  m_reads = m_writes = 0;
  ++m_row;
}

std::int64_t AluPort::cycles() const {
  const std::int64_t last = m_writes == 0 ? m_reads : m_reads + std::max(m_writes, leaving(m_row));
  return 1 + m_ended + last;
}

std::int64_t AluPort::leaving(std::uint32_t row) const {
  const pim_alu& alu = m_command.body.alu;
  if (isHead(m_command.opcode)) return m_leavingOfHeads;
  if (m_command.opcode == PIM_OP_EMBED) {  // each group begins with its scale and zero point
    return 2 + std::int64_t{alu.count / alu.group} * (2 + chunks(alu.group));
  }
  if (m_command.opcode == PIM_OP_REDUCE) return chunks(2 * std::uint64_t{alu.count}) - 1;
  if (m_command.opcode == PIM_OP_ALU_SOFTMAX) {
    const std::uint32_t vector = row % std::max(alu.rows, 1u);
    return chunks(alu.position + vector / std::max<std::uint32_t>(alu.heads_per_group, 1)) - 1;
  }
  if (!isRecord(m_command.opcode)) return 0;
  std::int64_t part = -1;
  const std::uint32_t parts = std::max<std::uint32_t>(m_command.column_parts, 1);
  for (std::uint32_t first = 0; first < alu.part_count; first += alu.tile_count) {
    const std::uint32_t k = std::min(alu.tile_count, alu.part_count - first);
    const std::uint32_t codes = k * alu.activation_bits / 8;
    part += chunks(k) + pim_activation_record_bytes(k, alu.group, alu.activation_bits) - codes;
  }
  return parts * (part + 1) - 1;
}

std::int64_t AluPort::leavingOfHeads() const {
  const pim_alu& alu = m_command.body.alu;
  const bool query = m_command.opcode == PIM_OP_ROPE_Q;
  const std::uint32_t heads = headsPerBlock();
  const std::uint32_t bits = query ? 16 : alu.kv_bits;
  const std::uint32_t codes = alu.head_dim * bits / 8;  // of a head
  const std::uint32_t tail =
      (query ? pim_query_record_bytes(heads, alu.head_dim) : pim_kv_record_bytes(alu.head_dim, bits)) -
      heads * codes;
  const std::int64_t perBlock = heads * chunks(alu.head_dim) + tail;

  // While the unit computes, its queue takes a beat, and what a cycle adds to it.
  std::int64_t queued = 0;
  std::int64_t bytes = 0;
  for (std::uint32_t block = 0; block < alu.blocks && bytes <= 4 * std::int64_t{m_chunk}; ++block) {
    const std::int64_t room = 4 * std::int64_t{m_chunk} - bytes;
    const std::int64_t record = std::int64_t{heads} * codes + tail;
    const std::int64_t perChunk = std::max<std::int64_t>(std::int64_t{codes} / chunks(alu.head_dim), 1);
    queued += room >= record ? perBlock : std::min(heads * chunks(alu.head_dim), room / perChunk + 1);
    bytes += room >= record ? record : room + 1;
  }
  const std::int64_t budget = 8 * std::max<std::int64_t>(alu.blocks, 1);
  const std::int64_t begins = 1 + kToQueue + (m_command.opcode == PIM_OP_KV_V ? 0 : kRotation);
  return perBlock * alu.blocks + (query ? 2 : 1) -
         std::max<std::int64_t>(std::min(budget - begins, queued), 0);
}

}  // namespace pim
