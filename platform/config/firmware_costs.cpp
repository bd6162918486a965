#include "platform/config/firmware_costs.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <stdexcept>

#include "abi/pim_abi.h"
#include "platform/config/builtin.h"
#include "platform/config/document.h"

namespace pim::platform {
namespace {

using Names = std::map<std::string, unsigned>;

Names makeNames() {
  Names names = {{"repeat", PIM_WORK_REPEAT},
                 {"unordered", PIM_WORK_UNORDERED},
                 {"repeat_unordered", PIM_WORK_REPEAT_UNORDERED},
                 {"overlap", PIM_WORK_OVERLAP},
                 {"named", PIM_WORK_NAMED},
                 {"matrix", PIM_WORK_MATRIX},
                 {"sizes", PIM_WORK_SIZES},
                 {"round", PIM_WORK_ROUND},
                 {"set", PIM_WORK_SET},
                 {"mask", PIM_WORK_MASK},
                 {"mask_words", PIM_WORK_MASK_WORDS},
                 {"stage", PIM_WORK_STAGE},
                 {"layer", PIM_WORK_LAYER},
                 {"tile", PIM_WORK_TILE},
                 {"token", PIM_WORK_TOKEN},
                 {"ring", PIM_WORK_RING},
                 {"room", PIM_WORK_ROOM},
                 {"wait", PIM_WORK_WAIT},
                 {"look", PIM_WORK_LOOK},
                 {"wake", PIM_WORK_WAKE},
                 {"draw", PIM_WORK_DRAW},

                 {"note", PIM_WORK_NOTE},
                 {"run", PIM_WORK_RUN},
                 {"follow", PIM_WORK_FOLLOW},
                 {"patch", PIM_WORK_PATCH},
                 {"complete", PIM_WORK_COMPLETE},
                 {"job", PIM_WORK_JOB}};
  const auto add = [&names](std::string name, unsigned opcode) {
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
    names["command_" + name] = opcode;
    names["command_" + name + "_kv"] = opcode + 64u * PIM_STREAM_KV;
  };
#define PIM_NAME(name, opcode, body) add(#name, opcode);
  PIM_LINK_COMMANDS(PIM_NAME)
  PIM_BANK_COMMANDS(PIM_NAME)
  PIM_ALU_COMMANDS(PIM_NAME)
#undef PIM_NAME
  return names;
}

const Names& workNames() {
  static const Names names = makeNames();
  return names;
}

FirmwareCosts parse(const BuiltinFile& file) {
  FirmwareCosts costs{};
  for (const Entry& entry : readYaml(file.text, file.name + ".yaml")) {
    const auto name = workNames().find(entry.key);
    const char* const end = entry.text.data() + entry.text.size();
    std::int32_t value = 0;
    if (name == workNames().end() || std::from_chars(entry.text.data(), end, value).ptr != end) {
      throw std::logic_error(entry.place + ": no cost of the firmware: " + entry.key);
    }
    costs[name->second] = value;
  }
  return costs;
}

}  // namespace

const FirmwareCosts* builtinFirmwareCosts(const std::string& cycleTable) {
  static const std::map<std::string, FirmwareCosts> tables = [] {
    std::map<std::string, FirmwareCosts> all;
    for (const BuiltinFile& file : builtinFirmwareCostFiles()) all[file.name] = parse(file);
    return all;
  }();
  const auto table = tables.find(cycleTable);
  return table != tables.end() ? &table->second : nullptr;
}

std::string firmwareCostsYaml(const FirmwareCosts& costs, const std::string& cycleTable) {
  std::string text = fmt::format(
      "# What the firmware's work takes on a core with the cycle table {0}, in hundredths of a cycle; names "
      "as in enum "
      "pim_work\n# (abi/pim_hal.h). Measured by the instruction-set simulator: scripts/measure_firmware.sh "
      "writes this "
      "file.\n",
      cycleTable);
  for (const auto& [name, kind] : workNames()) {
    if (costs[kind] != 0) text += fmt::format("{}: {}\n", name, costs[kind]);
  }
  return text;
}

}  // namespace pim::platform
