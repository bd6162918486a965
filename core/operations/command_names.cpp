#include "core/operations/command_names.h"

#include <fmt/format.h>

#include <array>

namespace pim {

const char* opcodeName(std::uint8_t opcode) {
#define PIM_CASE(name, value, body) \
  case value:                       \
    return #name;
  switch (opcode) {
    case PIM_OP_NOP:
      return "NOP";
      PIM_LINK_COMMANDS(PIM_CASE)
      PIM_BANK_COMMANDS(PIM_CASE)
      PIM_ALU_COMMANDS(PIM_CASE)
    default:
      return "?";
  }
#undef PIM_CASE
}

namespace {

/// Defines fieldsText(body) for every kind of body: ", rows 5, k 128".
#define PIM_FIELD(type, name) \
  if (body.name != 0) text += fmt::format(", {} {}", #name, body.name);
#define PIM_FIELDS_TEXT(name, NAME)                \
  std::string fieldsText(const pim_##name& body) { \
    std::string text;                              \
    PIM_##NAME##_FIELDS(PIM_FIELD) return text;    \
  }
PIM_BODIES(PIM_FIELDS_TEXT)
#undef PIM_FIELDS_TEXT
#undef PIM_FIELD

std::string bodyText(const pim_command& command) {
#define PIM_CASE(name, value, kind) \
  case value:                       \
    return fieldsText(command.body.kind);
  switch (command.opcode) {
    PIM_LINK_COMMANDS(PIM_CASE)
    PIM_BANK_COMMANDS(PIM_CASE)
    PIM_ALU_COMMANDS(PIM_CASE)
    default:
      return "";
  }
#undef PIM_CASE
}

}  // namespace

std::string commandText(const pim_command& command) {
  return fmt::format("{} (flags {}, groups {}, banks_per_group {}{})", opcodeName(command.opcode),
                     command.flags, command.groups, command.banks_per_group, bodyText(command));
}

const char* stepName(std::uint8_t step) {
  static constexpr std::array<const char*, PIM_STEP_COUNT> kNames = {"",       "embed",   "qkv",  "attention",
                                                                     "output", "gate_up", "down", "head"};
  return step < kNames.size() ? kNames[step] : "";
}

}  // namespace pim
