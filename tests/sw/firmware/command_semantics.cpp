#include "tests/sw/firmware/command_semantics.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "abi/pim_layout.h"
#include "core/arith/activation.h"
#include "core/arith/attention.h"
#include "core/arith/mac.h"
#include "core/arith/softmax.h"

namespace pim::test {
namespace {

template <typename T>
std::vector<T> load(const std::uint8_t* from, std::size_t count) {
  std::vector<T> values(count);
  if (count != 0) std::memcpy(values.data(), from, count * sizeof(T));
  return values;
}

template <typename T>
void store(std::uint8_t* to, const std::vector<T>& values) {
  if (!values.empty()) std::memcpy(to, values.data(), values.size() * sizeof(T));
}

std::uint32_t sliceOf(const pim_command& command, const Member& member) {
  if ((command.flags & PIM_FLAG_BROADCAST) != 0)
    return member.slot % std::max<std::uint32_t>(command.column_parts, 1);
  if ((command.flags & PIM_FLAG_PER_BANK) != 0) return member.group * command.banks_per_group + member.index;
  return member.group;
}

void copy(TestChip& chip, const pim_command& command, const Member& member) {
  const pim_copy& body = command.body.copy;
  for (std::uint32_t r = 0; r < body.rows; ++r) {
    std::uint8_t* bram =
        chip.bram(member.slot, body.bram + std::uint64_t{r} * body.row_bytes, body.row_bytes);
    std::uint8_t* memory =
        chip.controller(body.address + std::uint64_t{sliceOf(command, member)} * body.slice_stride +
                            std::uint64_t{r} * body.row_stride,
                        body.row_bytes);
    if (command.opcode == PIM_OP_SEND)
      std::memcpy(bram, memory, body.row_bytes);
    else
      std::memcpy(memory, bram, body.row_bytes);
  }
}

void mac(TestChip& chip, const pim_command& command, const Member& member) {
  const pim_mac& body = command.body.mac;
  const WeightFormat format{body.group, body.weight_bits, body.scale_bits, body.zero_bits, body.sparsity};
  const ActivationFormat activation{body.group, body.activation_bits};
  const std::uint32_t rowBytes = weightRowBytes(body.k, format),
                      recordBytes = activationRecordBytes(body.k, activation);
  const bool accumulate = (command.flags & PIM_FLAG_ACCUMULATE) != 0,
             raw = (command.flags & PIM_FLAG_RAW) != 0;
  const std::size_t elements = std::size_t{body.vectors} * body.out_rows;
  std::vector<std::int64_t> sums(elements);
  if (accumulate) sums = load<std::int64_t>(chip.bram(member.slot, body.bram_out, elements * 8), elements);
  std::vector<Q16> rounded(elements);
  for (std::uint32_t v = 0; v < body.vectors; ++v) {
    const ActivationView record(
        chip.bram(member.slot, body.bram_in + std::uint64_t{v} * recordBytes, recordBytes), body.k,
        activation);
    for (std::uint32_t r = 0; r < body.rows; ++r) {
      const WeightRowView row(chip.bmem(member.slot, body.bmem + std::uint64_t{r} * rowBytes, rowBytes),
                              body.k, format);
      const std::size_t element = std::size_t{v} * body.out_rows + r;
      sums[element] += macRow(row, record);
      rounded[element] = macResult(sums[element], record.base(), body.weight_exponent);
    }
  }
  if (raw)
    store(chip.bram(member.slot, body.bram_out, elements * 8), sums);
  else
    store(chip.bram(member.slot, body.bram_out, elements * 4), rounded);
}

/// visit(vector, token of the tile, query head, cached tokens that this bank holds of those the vector sees)
template <typename Visit>
void forEachVector(const pim_command& command, const Member& member, Visit visit) {
  const pim_attention& body = command.body.attention;
  for (std::uint32_t t = 0; t < body.tokens; ++t) {
    std::uint32_t held = 0;
    for (std::uint32_t token = 0; token < body.length + t; ++token)
      held += token % command.banks_per_group == member.index;
    for (std::uint32_t h = 0; h < body.heads_per_group; ++h) visit(t * body.heads_per_group + h, t, h, held);
  }
}

const std::uint8_t* cache(TestChip& chip, const pim_attention& body, const Member& member,
                          std::uint32_t tokens) {
  return chip.bmem(member.slot, body.bmem, pim_kv_region_bytes(tokens, body.head_dim, body.kv_bits));
}

void score(TestChip& chip, const pim_command& command, const Member& member) {
  const pim_attention& body = command.body.attention;
  const std::uint32_t recordBytes = pim_query_record_bytes(body.heads_per_group, body.head_dim);
  forEachVector(command, member, [&](std::uint32_t v, std::uint32_t t, std::uint32_t h, std::uint32_t held) {
    const QueryView query(chip.bram(member.slot, body.bram_in + t * recordBytes, recordBytes),
                          body.heads_per_group, body.head_dim, h);
    std::vector<std::int32_t> scores(held);
    scoreRow(query, cache(chip, body, member, held), held, {body.head_dim, {body.kv_bits}},
             {body.multiplier, body.multiplier_shift}, scores.data());
    store(chip.bram(member.slot, body.bram_out + 4ull * v * body.pitch, 4ull * held), scores);
  });
}

void softmaxInBank(TestChip& chip, const pim_command& command, const Member& member) {
  const pim_attention& body = command.body.attention;
  forEachVector(command, member, [&](std::uint32_t v, std::uint32_t, std::uint32_t, std::uint32_t held) {
    std::uint8_t* row = chip.bram(member.slot, body.bram_in + 4ull * v * body.pitch, 4ull * held);
    const auto scores = load<std::int32_t>(row, held);
    std::vector<std::uint16_t> probabilities(held);
    softmax(scores.data(), held, probabilities.data());
    store(row, probabilities);
  });
}

void pv(TestChip& chip, const pim_command& command, const Member& member) {
  const pim_attention& body = command.body.attention;
  const KvFormat format{body.kv_bits};
  forEachVector(command, member, [&](std::uint32_t v, std::uint32_t, std::uint32_t, std::uint32_t held) {
    const auto probabilities =
        load<std::uint16_t>(chip.bram(member.slot, body.bram_in + 2ull * v * body.pitch, 2ull * held), held);
    std::vector<std::int64_t> sums(body.head_dim);
    pvAccumulate(probabilities.data(), cache(chip, body, member, held), held, {body.head_dim, format},
                 sums.data());
    const std::uint64_t first = std::uint64_t{v} * body.head_dim;
    if ((command.flags & PIM_FLAG_RAW) != 0) {
      store(chip.bram(member.slot, body.bram_out + 8 * first, 8ull * body.head_dim), sums);
      return;
    }
    std::vector<Q16> rounded;
    for (const std::int64_t sum : sums) rounded.push_back(pvResult(sum, format));
    store(chip.bram(member.slot, body.bram_out + 4 * first, 4ull * body.head_dim), rounded);
  });
}

void storeKv(TestChip& chip, const pim_command& command, const Member& member) {
  const pim_store& body = command.body.store;
  const std::uint32_t recordBytes = pim_kv_record_bytes(body.head_dim, body.kv_bits),
                      banks = command.banks_per_group;
  for (std::uint32_t isV = 0; isV < 2; ++isV) {
    for (std::uint32_t t = 0; t < body.tokens; ++t) {
      const std::uint32_t token = body.first + t;
      if (token % banks != member.index) continue;
      const std::uint32_t offset = isV ? body.bmem_v : body.bmem_k;
      std::uint8_t* region =
          chip.bmem(member.slot, offset, pim_kv_region_bytes(token / banks + 1, body.head_dim, body.kv_bits));
      appendToken(region, token / banks, body.head_dim, {body.kv_bits},
                  chip.bram(member.slot, body.bram_in + (isV * body.tokens + t) * recordBytes, recordBytes));
    }
  }
}

}  // namespace

std::vector<Member> membersOnDie(const pim_command& command, const ChipShape& shape, std::uint32_t die) {
  std::vector<Member> members;
  for (std::uint32_t group = 0; group < command.groups; ++group) {
    if (group % shape.dies != die) continue;
    for (std::uint32_t i = 0; i < command.banks_per_group; ++i) {
      const std::uint32_t bank = command.first_bank + group / shape.dies * command.banks_per_group + i;
      if (bank >= shape.banksPerDie) throw std::out_of_range("bank");
      members.push_back({bank * shape.dies + die, group, i});
    }
  }
  return members;
}

void executeOnLink(TestChip& chip, const pim_command& command, std::uint32_t die) {
  const pim_copy& body = command.body.copy;
  if (command.opcode == PIM_OP_FETCH) {
    std::memcpy(chip.controller(body.address, body.row_bytes),
                chip.bmem(body.slot, body.bmem, body.row_bytes), body.row_bytes);
    return;
  }
  for (const Member& member : membersOnDie(command, chip.shape(), die)) copy(chip, command, member);
}

void executeInBank(TestChip& chip, const pim_command& command, const Member& member) {
  switch (command.opcode) {
    case PIM_OP_MAC:
      return mac(chip, command, member);
    case PIM_OP_SCORE:
      return score(chip, command, member);
    case PIM_OP_SOFTMAX:
      return softmaxInBank(chip, command, member);
    case PIM_OP_PV:
      return pv(chip, command, member);
    case PIM_OP_STORE:
      return storeKv(chip, command, member);
    case PIM_OP_FILL:
      for (std::uint32_t i = 0; i < command.body.fill.words; ++i)
        std::memcpy(chip.bram(member.slot, command.body.fill.bram + 4 * i, 4), &command.body.fill.value, 4);
      return;
    default:
      throw std::invalid_argument("opcode");
  }
}

}  // namespace pim::test
