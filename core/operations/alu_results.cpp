#include "core/operations/alu_results.h"

#include <algorithm>

#include "abi/pim_layout.h"
#include "core/operations/alu_operation.h"

namespace pim {

AluResults::AluResults(const pim_command& command, std::uint8_t opcode, std::uint32_t row,
                       std::uint32_t chunk) {
  const pim_alu& alu = command.body.alu;
  switch (opcode) {
    case PIM_OP_RMSNORM:
    case PIM_OP_QUANT:
    case PIM_OP_SILU_MUL:
      records(command, chunk);
      break;
    case PIM_OP_ROPE_Q:
    case PIM_OP_ROPE_K:
    case PIM_OP_KV_V:
      heads(command, chunk);
      break;
    case PIM_OP_EMBED:
      embedding(alu, chunk);
      break;
    case PIM_OP_REDUCE:  // sums have twice the width
      chunks(alu.count, 32, std::max(chunk / 2, 1u));
      break;
    case PIM_OP_ALU_SOFTMAX:
      chunks(aluRowElements(alu, opcode, row), 16, chunk);
      break;
    case PIM_OP_ADD:
      chunks(alu.count, 32, chunk);
      break;
    default:  // the result is a token
      chunks(1, 32, chunk);
  }
}

std::uint32_t AluResults::take() {
  Run& run = m_runs[m_next];
  if (--run.cycles == 0) ++m_next;
  return run.bytes;
}

void AluResults::add(std::uint32_t bytes, std::uint32_t cycles) {
  if (cycles != 0) m_runs.push_back({bytes, cycles});
}

void AluResults::chunks(std::uint32_t elements, std::uint32_t bits, std::uint32_t chunk) {
  if (chunk * bits % 8 != 0) {
    // With 4-bit results, a few lanes do not fill whole bytes: an incomplete byte leaves with the next chunk.
    for (std::uint32_t first = 0; first < elements; first += chunk)
      add(std::min(first + chunk, elements) * bits / 8 - first * bits / 8, 1);
    return;
  }
  add(chunk * bits / 8, elements / chunk);
  if (elements % chunk != 0) add(elements % chunk * bits / 8, 1);
}

void AluResults::records(const pim_command& command, std::uint32_t chunk) {
  const pim_alu& alu = command.body.alu;
  for (std::uint32_t part = std::max<std::uint32_t>(command.column_parts, 1); part != 0; --part) {
    for (std::uint32_t first = 0; first < alu.part_count; first += alu.tile_count) {
      const std::uint32_t k = std::min(alu.tile_count, alu.part_count - first);
      chunks(k, alu.activation_bits, chunk);
      add(1, pim_activation_record_bytes(k, alu.group, alu.activation_bits) - k * alu.activation_bits / 8);
    }
  }
}

void AluResults::heads(const pim_command& command, std::uint32_t chunk) {
  const pim_alu& alu = command.body.alu;
  const bool query = command.opcode == PIM_OP_ROPE_Q;
  const std::uint32_t headsOfRecord = query ? alu.heads_per_group : 1;
  const std::uint32_t bits = query ? 16 : alu.kv_bits;
  const std::uint32_t record =
      query ? pim_query_record_bytes(headsOfRecord, alu.head_dim) : pim_kv_record_bytes(alu.head_dim, bits);
  for (std::uint32_t block = 0; block < alu.blocks; ++block) {
    for (std::uint32_t head = 0; head < headsOfRecord; ++head) chunks(alu.head_dim, bits, chunk);
    add(1, record - headsOfRecord * alu.head_dim * bits / 8);
  }
}

void AluResults::embedding(const pim_alu& alu, std::uint32_t chunk) {
  for (std::uint32_t first = 0; first < alu.count; first += alu.group) {
    add(0, 2);
    chunks(std::min<std::uint32_t>(alu.group, alu.count - first), 32, chunk);
  }
}

}  // namespace pim
