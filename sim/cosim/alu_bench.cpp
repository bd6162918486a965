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
