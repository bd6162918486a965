#include "platform/config/core_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "core/base/error.h"
#include "platform/config/builtin.h"
#include "platform/config/document.h"

namespace pim::platform {
namespace {

bool isYamlPath(const std::string& name) {
  const auto extension = std::filesystem::path(name).extension();
  return extension == ".yaml" || extension == ".yml";
}

}  // namespace

Schema cycleTableSchema(riscv::CycleTable& t) {
  const auto cycles = [](std::uint32_t& at, std::uint64_t min = 1) {
    return Integer{&at, "cycles", min, 10000};
  };
  return {
      {"alu", cycles(t.alu), "Integer computations"},
      {"shift", cycles(t.shift), "A shift by nothing"},
      {"shift_per_four", cycles(t.shiftPerFour, 0), "More for each four positions of a shift"},
      {"shift_per_one", cycles(t.shiftPerOne, 0), "More for each position beyond those"},
      {"load", cycles(t.load), "A load from a memory that answers at once"},
      {"store", cycles(t.store), "A store to a memory that answers at once"},
      {"multiply", cycles(t.multiply), "MUL"},
      {"multiply_high", cycles(t.multiplyHigh), "MULH, MULHSU, MULHU"},
      {"divide", cycles(t.divide), "Divisions and remainders"},
      {"divide_by_zero", cycles(t.divideByZero), "The same by zero"},
      {"jump", cycles(t.jump), "JAL"},
      {"jump_register", cycles(t.jumpRegister), "JALR, MRET"},
      {"branch_taken", cycles(t.branchTaken), "A branch that is taken"},
      {"branch_not_taken", cycles(t.branchNotTaken), "A branch that is not"},
      {"unaligned_target", cycles(t.unalignedTarget, 0),
       "More for a jump to an instruction across two words"},
      {"csr", cycles(t.csr), "CSR instructions"},
      {"fence", cycles(t.fence), "FENCE"},
      {"fence_instructions", cycles(t.fenceInstructions), "FENCE.I"},
      {"trap", cycles(t.trap), "Into a trap's handler"},
      {"wake_up", cycles(t.wakeUp), "From an interrupt to the instruction behind WFI"},
      {"misaligned", Switch{&t.misaligned},
       "Misaligned loads and stores are done in two accesses; off: they trap"},
  };
}

std::vector<std::string> cycleTableNames() {
  std::vector<std::string> names;
  for (const BuiltinFile& file : builtinCores()) names.push_back(file.name);
  return names;
}

riscv::CycleTable loadCycleTable(const std::string& nameOrPath) {
  const auto& files = builtinCores();
  const auto builtin = std::find_if(files.begin(), files.end(),
                                    [&](const BuiltinFile& file) { return file.name == nameOrPath; });
  if (builtin == files.end() && !isYamlPath(nameOrPath)) {
    throw UserError(fmt::format("controller.cycle_table: expected a .yaml file or one of {}, got {}",
                                fmt::join(cycleTableNames(), ", "), quoted(nameOrPath)));
  }
  const std::string fileName = builtin != files.end() ? builtin->name + ".yaml" : nameOrPath;
  const auto entries = readYaml(builtin != files.end() ? builtin->text : readTextFile(nameOrPath), fileName);
  riscv::CycleTable table;
  table.name = nameOrPath;
  Schema schema = cycleTableSchema(table);
  applyEntries(schema, entries);
  for (const Field& field : schema) {
    if (std::none_of(entries.begin(), entries.end(),
                     [&](const Entry& entry) { return entry.key == field.key; })) {
      throw UserError(
          fmt::format("{}: {}: expected {}, found nothing", fileName, field.key, field.expectation()));
    }
  }
  return table;
}

}  // namespace pim::platform
