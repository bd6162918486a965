#include "sim/cosim/alu_bench.h"

#include <fmt/format.h>

#include <cstring>

#include "rtl_ref/model/alu_check.h"
#include "sim/cosim/alu_stimulus.h"
#include "tlm/core/error.h"

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

const std::vector<std::pair<std::string, std::uint8_t>>& operations() {
  static const std::vector<std::pair<std::string, std::uint8_t>> list{
      {"EMBED", PIM_OP_EMBED},   {"RMSNORM", PIM_OP_RMSNORM},         {"QUANT", PIM_OP_QUANT},
      {"ROPE_Q", PIM_OP_ROPE_Q}, {"ROPE_K", PIM_OP_ROPE_K},           {"KV_V", PIM_OP_KV_V},
      {"ADD", PIM_OP_ADD},       {"SILU_MUL", PIM_OP_SILU_MUL},       {"REDUCE", PIM_OP_REDUCE},
      {"ARGMAX", PIM_OP_ARGMAX}, {"ALU_SOFTMAX", PIM_OP_ALU_SOFTMAX}, {"SAMPLE", PIM_OP_SAMPLE}};
  return list;
}

}  // namespace

std::uint8_t aluOpcode(const std::string& name) {
  for (const auto& [known, opcode] : operations())
    if (known == name) return opcode;
  throw UserError(fmt::format("--op {}: expected one of {}", name, fmt::join(aluOperationNames(), ", ")));
}

const std::vector<std::string>& aluOperationNames() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> list;
    for (const auto& operation : operations()) list.push_back(operation.first);
    return list;
  }();
  return names;
}

AluBenchResult runAluBench(const AluBenchOptions& options) {
  AluCheck check(AluModel::Memory{Bandwidth::fromGbps(options.memoryGbps), Clock(1000)},
                 RtlStalls{options.stallPercent, options.seed});
  if (options.record != nullptr) check.record(*options.record);
  AluStimulus stimulus(options.opcode, options.seed);
  FlatMemory memory;
  AluBenchResult result;
  while (stimulus.elements() < options.vectors) {
    const pim_command command = stimulus.next(memory.bytes);
    try {
      check.run(command, memory);
    } catch (const RtlMismatch& mismatch) {
      result.mismatch = mismatch.what();
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
