#include "sim/cosim/bank_formats.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/operations/bank/seen_tokens.h"
#include "core/operations/command_names.h"

namespace pim::cosim {
namespace {

std::string flagNames(std::uint8_t flags) {
  return fmt::format("{}{}{}", (flags & PIM_FLAG_RAW) != 0 ? ", raw" : "",
                     (flags & PIM_FLAG_ACCUMULATE) != 0 ? ", accumulate" : "",
                     (flags & PIM_FLAG_MASKED) != 0 ? ", masked" : "");
}

std::string maskText(bool first, bool last, bool several) {
  const auto seen = [](bool is) { return is ? "seen" : "dropped"; };
  return fmt::format("first block {}, last {}, {}", seen(first), seen(last),
                     several ? "several runs" : "one run");
}

}  // namespace

const std::vector<std::uint8_t>& bankOpcodes() {
#define PIM_OPCODE(name, value, body) value,
  static const std::vector<std::uint8_t> opcodes{PIM_BANK_COMMANDS(PIM_OPCODE)};
#undef PIM_OPCODE
  return opcodes;
}

std::string bankFormat(const pim_command& command) {
  const pim_mac& mac = command.body.mac;
  const pim_attention& attention = command.body.attention;
  switch (command.opcode) {
    case PIM_OP_MAC:  // for any kind of weights: see weightsOf()
      return fmt::format("MAC A{}, group {}{}{}", mac.activation_bits, mac.group,
                         mac.zero_bits != 0 ? ", zero points" : "", flagNames(command.flags));
    case PIM_OP_SCORE:
      return fmt::format("SCORE {} bits{}", attention.kv_bits, flagNames(command.flags));
    case PIM_OP_SOFTMAX:
      return (command.flags & PIM_FLAG_MASKED) != 0 ? "SOFTMAX masked" : "SOFTMAX";
    case PIM_OP_PV:
      return fmt::format("PV {} bits{}", attention.kv_bits, flagNames(command.flags));
    case PIM_OP_STORE:
      return fmt::format("STORE {} bits", command.body.store.kv_bits);
    default:  // no formats
      return opcodeName(command.opcode);
  }
}

std::vector<std::string> bankFormats() {
  std::vector<std::string> formats;
  pim_command command{};
  command.opcode = PIM_OP_MAC;
  constexpr std::array<std::uint8_t, 4> kMacFlags = {0, PIM_FLAG_RAW, PIM_FLAG_ACCUMULATE,
                                                     PIM_FLAG_RAW | PIM_FLAG_ACCUMULATE};
  for (const std::uint8_t flags : kMacFlags) {
    for (const std::uint8_t group : kWeightGroups) {
      for (const std::uint8_t activationBits : std::array<std::uint8_t, 2>{8, 16}) {
        for (const std::uint8_t zeroBits : std::array<std::uint8_t, 2>{0, 4}) {
          command.flags = flags;
          command.body.mac.group = group;
          command.body.mac.activation_bits = activationBits;
          command.body.mac.zero_bits = zeroBits;
          formats.push_back(bankFormat(command));
        }
      }
    }
  }
  for (const std::uint8_t opcode : bankOpcodes()) {
    command = {};
    command.opcode = opcode;
    if (bankFormat(command) == opcodeName(opcode)) formats.push_back(bankFormat(command));
  }
  command.opcode = PIM_OP_SOFTMAX;
  command.flags = PIM_FLAG_MASKED;
  formats.push_back(bankFormat(command));
  for (const std::uint8_t bits : kKvBits) {
    command.body = {};
    command.body.attention.kv_bits = bits;
    for (const std::uint8_t mask : std::array<std::uint8_t, 2>{0, PIM_FLAG_MASKED}) {
      for (const std::uint8_t flags : std::array<std::uint8_t, 2>{0, PIM_FLAG_RAW}) {
        command.flags = flags | mask;
        command.opcode = PIM_OP_PV;
        formats.push_back(bankFormat(command));
      }
      command.flags = mask;
      command.opcode = PIM_OP_SCORE;
      formats.push_back(bankFormat(command));
    }
    command.flags = 0;
    command.opcode = PIM_OP_STORE;
    command.body.store.kv_bits = bits;
    formats.push_back(bankFormat(command));
  }
  return formats;
}

std::string weightsOf(const pim_command& command) {
  const pim_mac& mac = command.body.mac;
  if (command.opcode != PIM_OP_MAC) return {};
  return mac.sparsity == 0 ? fmt::format("MAC of {} bits", mac.weight_bits)
                           : fmt::format("MAC of {}:{}", mac.sparsity, PIM_SPARSE_BLOCK);
}

std::vector<std::string> bankWeights() {
  std::vector<std::string> all;
  pim_command command{};
  command.opcode = PIM_OP_MAC;
  for (const Weights& weights : kWeights) {
    command.body.mac.weight_bits = weights.bits;
    command.body.mac.sparsity = weights.sparsity;
    all.push_back(weightsOf(command));
  }
  return all;
}

std::string maskOf(const pim_command& command) {
  const bool attends =
      command.opcode == PIM_OP_SCORE || command.opcode == PIM_OP_SOFTMAX || command.opcode == PIM_OP_PV;
  const SeenTokens seen(command);
  if (!attends || !seen.isMasked()) return {};
  const std::uint32_t tokens = command.body.attention.length + command.body.attention.tokens - 1;
  std::uint32_t begin = tokens, end = 0, runs = 0;
  seen.forEachRun(tokens, [&](std::uint32_t first, std::uint32_t count) {
    begin = std::min(begin, first);
    end = first + count;
    ++runs;
  });
  return maskText(begin == 0, end == tokens, runs > 1);
}

std::vector<std::string> bankMasks() {
  std::vector<std::string> all;
  for (const bool first : {false, true}) {
    for (const bool last : {false, true}) {
      for (const bool several : {false, true}) all.push_back(maskText(first, last, several));
    }
  }
  return all;
}

std::vector<pim_command> commandsBeyondRtl() {
  pim_command mac{};
  mac.opcode = PIM_OP_MAC;
  mac.banks_per_group = 1;
  mac.body.mac.rows = mac.body.mac.out_rows = mac.body.mac.vectors = 1;
  mac.body.mac.k = mac.body.mac.group = 32;
  mac.body.mac.weight_bits = 4;
  mac.body.mac.scale_bits = 16;
  mac.body.mac.activation_bits = 8;
  pim_command wideWeights = mac, noScales = mac, manyVectors = mac;
  wideWeights.body.mac.weight_bits = 16;
  noScales.body.mac.scale_bits = 0;
  manyVectors.body.mac.vectors = 65;

  pim_command pv{};
  pv.opcode = PIM_OP_PV;
  pv.banks_per_group = 1;
  pv.body.attention.length = pv.body.attention.tokens = pv.body.attention.pitch = 1;
  pv.body.attention.kv_bits = 16;
  pim_command manySums = pv, manyRows = pv, oddTokens = pv;
  manySums.body.attention.heads_per_group = 9;  // times 1024 elements: 9216 sums
  manySums.body.attention.head_dim = 1024;
  manyRows.body.attention.heads_per_group = 65;
  manyRows.body.attention.head_dim = 16;
  oddTokens.body.attention.heads_per_group = 1;
  oddTokens.body.attention.head_dim = 24;  // 48 bytes: neither whole columns nor a divisor of one
  return {wideWeights, noScales, manyVectors, manySums, manyRows, oddTokens};
}

}  // namespace pim::cosim
