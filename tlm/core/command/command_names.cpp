#include "tlm/core/command/command_names.h"

#include <array>

#include "sw/abi/pim_abi.h"

namespace pim {

const char* opcodeName(std::uint8_t opcode) {
  switch (opcode) {
    case PIM_OP_NOP:
      return "NOP";
    case PIM_OP_SEND:
      return "SEND";
    case PIM_OP_GATHER:
      return "GATHER";
    case PIM_OP_FETCH:
      return "FETCH";
    case PIM_OP_MAC:
      return "MAC";
    case PIM_OP_SCORE:
      return "SCORE";
    case PIM_OP_SOFTMAX:
      return "SOFTMAX";
    case PIM_OP_PV:
      return "PV";
    case PIM_OP_STORE:
      return "STORE";
    case PIM_OP_EMBED:
      return "EMBED";
    case PIM_OP_RMSNORM:
      return "RMSNORM";
    case PIM_OP_QUANT:
      return "QUANT";
    case PIM_OP_ROPE_Q:
      return "ROPE_Q";
    case PIM_OP_ROPE_K:
      return "ROPE_K";
    case PIM_OP_KV_V:
      return "KV_V";
    case PIM_OP_SILU_MUL:
      return "SILU_MUL";
    case PIM_OP_ADD:
      return "ADD";
    case PIM_OP_REDUCE:
      return "REDUCE";
    case PIM_OP_ALU_SOFTMAX:
      return "ALU_SOFTMAX";
    case PIM_OP_ARGMAX:
      return "ARGMAX";
    case PIM_OP_SAMPLE:
      return "SAMPLE";
    default:
      return "?";
  }
}

const char* stepName(std::uint8_t step) {
  static constexpr std::array<const char*, PIM_STEP_COUNT> kNames = {"",       "embed",   "qkv",  "attention",
                                                                     "output", "gate_up", "down", "head"};
  return step < kNames.size() ? kNames[step] : "";
}

}  // namespace pim
