#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "platform/assembly/chip_parameters.h"
#include "platform/config/core_table.h"
#include "platform/config/dram.h"
#include "platform/config/loader.h"
#include "platform/config/memory_map.h"
#include "platform/config/schema.h"
#include "sim/analysis/peaks.h"
#include "sim/analysis/stage_energy.h"
#include "sim/commands/commands.h"
#include "sim/commands/describe_machine.h"
#include "sim/results/output.h"
#include "sim/results/report_data.h"
#include "sim/run/mapping.h"
#include "sw/host/layout/planner.h"

namespace pim::sim {
namespace {

namespace po = boost::program_options;
using Json = nlohmann::ordered_json;

/// Returns each timing as configured and as effective: rounded up to whole cycles of tCK.
Json timingsJson(const platform::Config& config) {
  const DramSettings asked = platform::dramSettings(config);
  const DramTiming effective = resolveDramTiming(asked);
  Json json;
  json["t_ck_ns"] = {{"ns", asked.ns.tCk}, {"cycles", 1}};
  for (const DramTimingField& field : kDramTimingFields) {
    const DramCycles cycles = effective.*field.cycles;
    json[field.key] = {{"ns", asked.ns.*field.ns},
                       {"cycles", cycles},
                       {"effective_ns", static_cast<double>(cycles * effective.tCkPs) / 1000}};
  }
  return json;
}

Json memoryMapJson(const platform::Config& config) {
  Json json = Json::array();
  const AddressMap map = platform::memoryMap(config).addresses();
  for (const Region& region : map.regions()) {
    json.push_back({{"name", region.name},
                    {"base", fmt::format("{:#018x}", region.base)},
                    {"last", fmt::format("{:#018x}", region.base + (region.size - 1))},
                    {"bytes", region.size}});
  }
  return json;
}

/// Returns the peak rates and capacities of the chip.
Json peaksJson(const platform::Config& config) {
  Json json = toJson(peaks(config));
  json["bmem_bytes"] = static_cast<std::uint64_t>(config.chip.banks()) * config.bank.bmemBytes();
  return json;
}

Json coreJson(riscv::CycleTable& cycles) {
  Json json = platform::dumpJson(platform::cycleTableSchema(cycles));
  json["name"] = cycles.name;
  return json;
}

std::string coreTable(riscv::CycleTable& cycles) {
  std::string text = fmt::format("Cycle table {} (controller.cycle_table)\n", cycles.name);
  for (const platform::Field& field : platform::cycleTableSchema(cycles)) {
    text += fmt::format("  {:<20} {:>5}  {}\n", field.key, field.text(), field.meaning);
  }
  return text;
}

std::string timingTable(const Json& timings) {
  std::string text = "DRAM timing             ns   cycles\n";
  for (const auto& [key, value] : timings.items()) {
    text += fmt::format("  {:<16} {:9.3f} {:8}\n", key, value["ns"].get<double>(),
                        value["cycles"].get<std::int64_t>());
  }
  return text;
}

std::string memoryMapTable(const Json& map) {
  std::string text = "\nMemory map\n";
  for (const Json& region : map) {
    text += fmt::format("  {:<10} {} .. {}  {} bytes\n", region["name"].get<std::string>(),
                        region["base"].get<std::string>(), region["last"].get<std::string>(),
                        region["bytes"].get<std::uint64_t>());
  }
  return text;
}

std::string peaksTable(const Json& peaks) {
  return fmt::format(
      "\nAt best\n  a bank {:.1f} GB/s, all banks {:.1f} GB/s, links {:.1f} GB/s, Controller {:.1f} GB/s, "
      "MAC arrays {:.0f} Gop/s, ALUs {:.0f} Gop/s\n",
      peaks["bank_gb_per_s"].get<double>(), peaks["chip_gb_per_s"].get<double>(),
      peaks["links_gb_per_s"].get<double>(), peaks["controller_gb_per_s"].get<double>(),
      peaks["mac_gops"].get<double>(), peaks["alu_gops"].get<double>());
}

/// Returns the contents of the Controller's memory; buffers that exist once per layer take one line per
/// memory.
Json controllerMemoryJson(const host::Layout& layout) {
  Json json = Json::array();
  for (const host::Placement& placement : layout.controllerMemory) {
    const char* const memory = controllerMemoryName(placement.memory);
    const auto same = std::find_if(json.begin(), json.end(), [&](const Json& known) {
      return known["name"] == placement.name && known["memory"] == memory;
    });
    if (same != json.end()) {
      (*same)["bytes"] = (*same)["bytes"].get<std::uint64_t>() + placement.bytes;
      continue;
    }
    json.push_back({{"name", placement.name},
                    {"memory", memory},
                    {"address", fmt::format("{:#010x}", placement.address)},
                    {"bytes", placement.bytes}});
  }
  return json;
}

std::string controllerMemoryTable(const Json& placements) {
  std::string text = "\nController memory, in the order in which CRAM is given away\n";
  for (const Json& placement : placements) {
    const auto memory = placement["memory"].get<std::string>();
    text += fmt::format("  {:<22} {:<8} {} {:>12} bytes\n", placement["name"].get<std::string>(),
                        memory == "cram"   ? "CRAM"
                        : memory == "cmem" ? "CMEM"
                                           : memory,
                        placement["address"].get<std::string>(), placement["bytes"].get<std::uint64_t>());
  }
  return text;
}

std::string capacityTable(const ModelShape& shape, const Json& capacity) {
  std::string text = fmt::format("\nCapacity with {}\n", shape.name);
  for (const auto& [key, value] : capacity.items())
    text += fmt::format("  {:<22} {:>14}\n", key, value.dump());
  return text;
}

/// Plans the model with the longest context that fits, up to that for which the model was made.
host::Layout longestContext(const ModelShape& shape, const platform::Config& config) {
  const host::Capacity any = host::planModel(shape, chipShape(config), mappingOptions(config)).capacity;
  const std::uint32_t longest =
      shape.context == 0 ? any.longestContext() : std::min(any.longestContext(), shape.context);
  return host::planModel(shape, chipShape(config), mappingOptions(config), longest);
}

}  // namespace

int describeCommand(const Arguments& arguments) {
  CommandLine line("describe",
                   "pimtlm describe [--model NAME|FILE.yaml]: prints the effective configuration and the "
                   "values derived from it");
  line.add()("model", po::value<std::string>(),
             "model shape: also print the layout of the model and the free capacity")  //
      ("core", "print only the cycle table of the Controller's core")                  //
      ("energy", "print only the energy constants: range, process node, scope, source");
  if (!line.parse(arguments)) return 0;
  const HostMeter meter;
  const platform::Config config = line.loadConfig(kAnyMachine);
  if (config.machine != platform::MachineKind::kPim) {
    describeMachine(line, config, meter);
    return 0;
  }

  Json json;
  json["config"] = platform::toJson(config);
  json["timings"] = timingsJson(config);
  json["memory_map"] = memoryMapJson(config);
  json["peaks"] = peaksJson(config);
  std::string table = "Effective configuration\n" + platform::toYaml(config) + '\n' +
                      timingTable(json["timings"]) + memoryMapTable(json["memory_map"]) +
                      peaksTable(json["peaks"]);
  if (line.has("core")) {
    riscv::CycleTable cycles = platform::loadCycleTable(config.controller.cycleTable);
    json["core"] = coreJson(cycles);
    table = coreTable(cycles);
  }
  if (line.has("model")) {
    const ModelShape shape =
        platform::loadModel(line.get<std::string>("model")).paddedTo(config.weights.group);
    const host::Layout layout = longestContext(shape, config);
    json["capacity"] = capacityJson(layout.capacity);
    json["controller_memory"] = controllerMemoryJson(layout);
    table += capacityTable(shape, json["capacity"]) + controllerMemoryTable(json["controller_memory"]);
  }
  json["energy_constants"] = energyConstantsJson(config);
  if (line.has("energy")) table = energyConstantsTable(config);
  Output output(line);
  output.write({json, table, platform::toYaml(config), {}});
  return 0;
}

}  // namespace pim::sim
