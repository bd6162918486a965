#include "sim/cosim/alu_bench.h"

#include <fmt/format.h>

#include <cstring>

#include "core/base/error.h"
#include "sim/cosim/alu_stimulus.h"
#include "tlm/rtl/alu_check.h"

namespace pim::cosim {
namespace {

class FlatMemory : public AluMemory {
 public:
  std::vector<std::uint8_t> bytes;

  void read(std::uint32_t address, void* to, std::uint32_t count) override {
    std::memcpy(to, bytes.data() + address, count);
  }
  void write(std::uint32_t address, const void* from, std::uint32_t count) override {
    std::memcpy(bytes.data() + address, from, count);
  }
};

#define PIM_OPERATION(name, opcode, body) {#name, opcode},
const std::pair<const char*, std::uint8_t> kOperations[] = {PIM_ALU_COMMANDS(PIM_OPERATION)};
#undef PIM_OPERATION

/// Classifies a row by the width of the lanes: 32 elements are a beat of the port, 64 a cycle of a pass.
const char* shapeOf(std::uint32_t elements) {
  if (elements <= 32) return "at most a beat";
  if (elements <= 64) return "at most a cycle of the lanes";
  return elements % 32 == 0 ? "whole beats" : "a part of a beat at the end";
}

/// Returns the elements of a row, or of one head in a row of heads.
std::uint32_t rowOf(const pim_command& command) {
  const pim_alu& alu = command.body.alu;
  const bool heads =
      command.opcode == PIM_OP_ROPE_Q || command.opcode == PIM_OP_ROPE_K || command.opcode == PIM_OP_KV_V;
  if (heads) return alu.head_dim;
  return command.opcode == PIM_OP_ALU_SOFTMAX ? alu.position + alu.rows : alu.count;
}

std::string machineOf(const AluBenchOptions& options) {
  const char* memory = options.memoryGbPerS == 0    ? "memory that keeps pace"
                       : options.memoryGbPerS < 128 ? "slower memory"
                                                    : "memory of the port's rate";
  return fmt::format("{}; {}", memory, options.stallPercent == 0 ? "no stalls" : "stalls");
}

}  // namespace

std::uint8_t aluOpcode(const std::string& name) {
  for (const auto& [known, opcode] : kOperations)
    if (known == name) return opcode;
  throw UserError(fmt::format("--op {}: expected one of {}", name, fmt::join(aluOperationNames(), ", ")));
}

const std::vector<std::string>& aluOperationNames() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> list;
    for (const auto& operation : kOperations) list.push_back(operation.first);
    return list;
  }();
  return names;
}

AluBenchResult runAluBench(const AluBenchOptions& options) {
  MemoryRates rates;
  rates[ControllerMemoryKind::kCram].bandwidth = Bandwidth::fromGbPerS(options.memoryGbPerS);
  AluCheck check(AluModel::Memory{rates, Clock(1000)}, RtlStalls{options.stallPercent, options.seed},
                 options.wave);
  if (options.record != nullptr) check.record(*options.record);
  AluStimulus stimulus(options.opcode, options.seed);
  FlatMemory memory;
  AluBenchResult result;
  while (stimulus.elements() < options.vectors) {
    const pim_command command = stimulus.next(memory.bytes);
    ++result.coverage[fmt::format("{}; {}", shapeOf(rowOf(command)), machineOf(options))];
    try {
      check.run(command, memory);
    } catch (const RtlMismatch& mismatch) {
      result.mismatch = fmt::format("{} (seed {})", mismatch.what(), options.seed);
      break;
    }
    const AluModel::Cycles& cycles = check.rtl().cycles();
    result.computeCycles += cycles.compute;
    result.streamCycles += cycles.streams;
    result.beats += cycles.beats;
  }
  result.commands = check.commands();
  result.elements = stimulus.elements();
  return result;
}

}  // namespace pim::cosim
