#include "core/observe/counter_table.h"

#include <fmt/format.h>

namespace pim {
namespace {

using Sum = std::uint64_t (*)(const Counters&);

constexpr std::uint64_t picoseconds(Picoseconds time) {
  return static_cast<std::uint64_t>(time);
}

/// Adds a sum per stream: "weights" and "kv" after the path.
template <Counters::PerStream Counters::*sums>
void addStreams(std::vector<CounterInfo>& table, const std::string& path, const char* unit,
                const std::string& what) {
  const Sum weights = [](const Counters& c) { return (c.*sums)[PIM_STREAM_WEIGHTS]; };
  const Sum kv = [](const Counters& c) { return (c.*sums)[PIM_STREAM_KV]; };
  table.push_back({path + ".weights", unit, what + ", for weights", weights});
  table.push_back({path + ".kv", unit, what + ", for the KV cache", kv});
}

template <std::size_t component>
Sum busyOf() {
  return [](const Counters& c) { return picoseconds(c.busy[component]); };
}

template <std::size_t... components>
void addComponents(std::vector<CounterInfo>& table, std::index_sequence<components...>) {
  (table.push_back({fmt::format("components.{}.busy", componentName(static_cast<Component>(components))), "s",
                    fmt::format("Time that {} was needed, whatever ran beside it",
                                componentName(static_cast<Component>(components))),
                    busyOf<components>()}),
   ...);
}

template <std::size_t memory>
void addMemory(std::vector<CounterInfo>& table) {
  const std::string name = std::string("memory.") + controllerMemoryName(ControllerMemoryKind{memory});
  table.push_back({name + ".bytes", "B",
                   "Read and written there by ALUs, transfers over the links, and for descriptors",
                   [](const Counters& c) { return c.memoryBytes[memory]; }});
  table.push_back({name + ".busy", "s", "Time in which its port moved something",
                   [](const Counters& c) { return picoseconds(c.memoryBusy[memory]); }});
}

template <std::size_t... memories>
void addMemories(std::vector<CounterInfo>& table, std::index_sequence<memories...>) {
  (addMemory<memories>(table), ...);
}

void addFirmware(std::vector<CounterInfo>& table) {
  constexpr auto kMemory = static_cast<std::size_t>(CoreStall::Memory);
  constexpr auto kRegisters = static_cast<std::size_t>(CoreStall::Registers);
  table.push_back({"firmware.busy", "s", "Time in which the core was awake",
                   busyOf<static_cast<std::size_t>(Component::Firmware)>()});
  table.push_back({"firmware.instructions", "1", "Instructions retired by the core, where it counts them",
                   [](const Counters& c) { return c.core.instructions; }});
  table.push_back({"firmware.cycles", "1", "Cycles of the core while awake, stalls included",
                   [](const Counters& c) { return c.core.cycles; }});
  table.push_back({"firmware.stalls.memory", "1", "Cycles in which the core waited for memories and dies",
                   [](const Counters& c) { return c.core.stallCycles[kMemory]; }});
  table.push_back({"firmware.stalls.registers", "1", "Cycles in which the core waited for registers",
                   [](const Counters& c) { return c.core.stallCycles[kRegisters]; }});
  table.push_back({"firmware.asleep", "s", "Time in which the core waited for an interrupt",
                   [](const Counters& c) { return picoseconds(c.core.asleep); }});
}

void addTraffic(std::vector<CounterInfo>& table) {
  addStreams<&Counters::bankBytes>(table, "traffic.bytes.bank", "B",
                                   "Streamed between the cells of all banks and their MAC arrays or BRAM");
  addStreams<&Counters::linkInBytes>(table, "traffic.bytes.link_in", "B",
                                     "From the Controller to the dies (a broadcast counts once per link)");
  addStreams<&Counters::linkOutBytes>(table, "traffic.bytes.link_out", "B",
                                      "From the dies to the Controller");
  addStreams<&Counters::controllerBytes>(table, "traffic.bytes.controller", "B",
                                         "Read and written by the ALUs in Controller memory");
  addStreams<&Counters::messages>(table, "traffic.messages", "1", "Exchanges of Controller and banks");
  table.push_back(
      {"traffic.commands", "1", "Commands completed", [](const Counters& c) { return c.commands; }});
  table.push_back({"traffic.mac_operations", "1",
                   "Products of 4 x 16 bits with weights and cached codes, all banks",
                   [](const Counters& c) { return c.macOperations; }});
}

void addDram(std::vector<CounterInfo>& table) {
  table.push_back(
      {"dram.activates", "1", "Rows opened, all banks", [](const Counters& c) { return c.dram.activates; }});
  table.push_back(
      {"dram.precharges", "1", "Rows closed", [](const Counters& c) { return c.dram.precharges; }});
  table.push_back({"dram.column_reads", "1", "Columns read, to the MAC array or the column port",
                   [](const Counters& c) { return c.dram.columnReads + c.dram.columnMacs; }});
  table.push_back(
      {"dram.column_writes", "1", "Columns written", [](const Counters& c) { return c.dram.columnWrites; }});
  table.push_back({"dram.row_hits", "1", "Column accesses that found their row open",
                   [](const Counters& c) { return c.dram.rowHits(); }});
  table.push_back(
      {"dram.refreshes", "1", "Refresh commands", [](const Counters& c) { return c.dram.refreshes; }});
  table.push_back({"dram.rows_found_open", "1", "Rows that a stream found open; the others it opened",
                   [](const Counters& c) { return c.dram.rowsFoundOpen; }});
}

void addWork(std::vector<CounterInfo>& table) {
  table.push_back({"work.bank_busy", "s", "Time in which banks ran commands, summed over banks",
                   [](const Counters& c) { return picoseconds(c.bankBusy); }});
  table.push_back({"work.link_busy", "s", "Time in which links moved data, summed over links and directions",
                   [](const Counters& c) { return picoseconds(c.linkBusy); }});
  table.push_back({"work.controller_busy", "s", "Time in which the ALUs ran commands",
                   [](const Counters& c) { return picoseconds(c.controllerBusy); }});
  table.push_back({"work.mac_busy", "s", "Time in which MAC arrays were needed, summed over banks",
                   [](const Counters& c) { return picoseconds(c.macBusy); }});
  table.push_back({"work.bram_bytes", "B", "Read and written in the banks' BRAM by commands and transfers",
                   [](const Counters& c) { return c.bramBytes; }});
  table.push_back({"work.die_ram_bytes", "B", "Read and written in the dies' DieRAM by transfers",
                   [](const Counters& c) { return c.dieRamBytes; }});
}

std::vector<CounterInfo> makeTable() {
  std::vector<CounterInfo> table;
  addComponents(table, std::make_index_sequence<kComponents>());
  addMemories(table, std::make_index_sequence<kControllerMemories>());
  addFirmware(table);
  addTraffic(table);
  addDram(table);
  addWork(table);
  return table;
}

}  // namespace

const std::vector<CounterInfo>& counterTable() {
  static const std::vector<CounterInfo> table = makeTable();
  return table;
}

std::string countersMarkdown() {
  std::string text =
      "# Counters\n\nWhat is counted while the chip runs, under its path in the JSON of a run. Values of a "
      "stage are per token; "
      "`dram` counts the\nwhole run and has `per_token` beside it. "
      "`build/core/pim_counter_doc` writes this page from `core/observe/counter_table.cpp`.\n\n"
      "| counter | unit | counts |\n|---|---|---|\n";
  for (const CounterInfo& counter : counterTable())
    text += fmt::format("| `{}` | {} | {} |\n", counter.path, counter.unit, counter.what);
  return text;
}

}  // namespace pim
