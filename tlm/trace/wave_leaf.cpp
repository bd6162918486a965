#include "tlm/trace/wave_leaf.h"

#include <algorithm>
#include <cctype>

#include "abi/pim_abi.h"
#include "core/operations/command_names.h"

namespace pim {
namespace {

// Sorted as WaveLeaf; widths are the largest that the ABI allows.
constexpr std::array<WaveLeafInfo, kWaveLeaves> kLeaves{{
    {"firmware", "state", "firmware.state", WaveUnit::Controller, 2, WaveNames::Firmware, false},
    {"firmware", "phase", "firmware.phase", WaveUnit::Controller, 3, WaveNames::Phase, false},
    {"firmware", "token", "firmware.token", WaveUnit::Controller, 24, WaveNames::None, false},
    {"firmware", "layer", "firmware.layer", WaveUnit::Controller, 8, WaveNames::None, false},
    {"firmware", "step", "firmware.step", WaveUnit::Controller, 4, WaveNames::Step, false},
    {"firmware", "pc", "firmware.pc", WaveUnit::Controller, 32, WaveNames::None, false},
    {"firmware", "function", "firmware.function", WaveUnit::Controller, 16, WaveNames::Function, false},
    {"handshake", "host_doorbell", "host_doorbell", WaveUnit::Controller, 1, WaveNames::None, false},
    {"handshake", "doorbell", "doorbell", WaveUnit::Controller, 1, WaveNames::None, false},
    {"handshake", "irq", "irq", WaveUnit::Controller, 1, WaveNames::None, false},
    {"handshake", "host_irq", "host_irq", WaveUnit::Controller, 1, WaveNames::None, false},
    {"queue", "depth", "queue.depth", WaveUnit::Controller, 16, WaveNames::None, false},
    {"queue", "posted", "queue.posted", WaveUnit::Controller, 32, WaveNames::None, false},
    {"queue", "done", "queue.done", WaveUnit::Controller, 32, WaveNames::None, false},
    {"alu", "busy", "alu.busy", WaveUnit::Controller, 1, WaveNames::None, false},
    {"alu", "opcode", "alu.opcode", WaveUnit::Controller, 8, WaveNames::Opcode, false},
    {"alu", "sequence", "alu.sequence", WaveUnit::Controller, 32, WaveNames::None, false},
    {"alu", "layer", "alu.layer", WaveUnit::Controller, 8, WaveNames::None, false},
    {"alu", "data", "alu.destination", WaveUnit::Controller, 32, WaveNames::None, true},
    {"memory", "busy", "memory.busy", WaveUnit::Controller, 1, WaveNames::None, false},
    {"link", "busy", "busy", WaveUnit::Link, 1, WaveNames::None, false},
    {"link", "opcode", "opcode", WaveUnit::Link, 8, WaveNames::Opcode, false},
    {"link", "sequence", "sequence", WaveUnit::Link, 32, WaveNames::None, false},
    {"link", "stream", "stream", WaveUnit::Link, 2, WaveNames::Stream, false},
    {"link", "bytes", "bytes", WaveUnit::Link, 32, WaveNames::None, false},
    {"link", "data", "data", WaveUnit::Link, 64, WaveNames::None, true},
    {"die_ram", "busy", "busy", WaveUnit::DieRam, 1, WaveNames::None, false},
    {"bank", "busy", "busy", WaveUnit::Bank, 1, WaveNames::None, false, true},
    {"bank", "state", "state", WaveUnit::Bank, 8, WaveNames::State, false, true},
    {"bank", "opcode", "opcode", WaveUnit::Bank, 8, WaveNames::Opcode, false},
    {"bank", "sequence", "sequence", WaveUnit::Bank, 32, WaveNames::None, false},
    {"bank", "mac_active", "mac_active", WaveUnit::Bank, 1, WaveNames::None, false},
    {"bank", "data", "bmem_address", WaveUnit::Bank, 32, WaveNames::None, true},
    {"dram", "open_row", "open_row", WaveUnit::Bank, 24, WaveNames::Row, false, true},
    {"dram", "other_open_row", "open_row_1", WaveUnit::Bank, 24, WaveNames::Row, false, true},
    {"dram", "refresh", "refresh", WaveUnit::Bank, 1, WaveNames::None, false, true},
    {"columns", "active", "columns", WaveUnit::Bank, 1, WaveNames::None, false, true},
    {"strobes", "activate", "activate", WaveUnit::Bank, 1, WaveNames::None, false, true},
    {"strobes", "precharge", "precharge", WaveUnit::Bank, 1, WaveNames::None, false, true},
    {"strobes", "column", "column", WaveUnit::Bank, 2, WaveNames::Column, false, true},
}};

std::string lowerCase(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

}  // namespace

const WaveLeafInfo& waveLeafInfo(WaveLeaf leaf) {
  return kLeaves[static_cast<std::size_t>(leaf)];
}

WaveLeaves waveLeavesCalled(std::string_view word) {
  const std::size_t dot = word.find('.');
  WaveLeaves found;
  for (std::size_t i = 0; i < kWaveLeaves; ++i) {
    if (word.substr(0, dot) != kLeaves[i].group) continue;
    if (dot == std::string_view::npos || word.substr(dot + 1) == kLeaves[i].name) {
      found.add(static_cast<WaveLeaf>(i));
    }
  }
  return found;
}

std::vector<std::string> waveGroups() {
  std::vector<std::string> groups;
  for (const WaveLeafInfo& leaf : kLeaves) {
    if (groups.empty() || groups.back() != leaf.group) groups.emplace_back(leaf.group);
  }
  return groups;
}

const char* waveNamesTitle(WaveNames names) {
  static constexpr const char* kTitles[] = {"",     "opcode", "bank_state", "firmware", "phase",
                                            "step", "stream", "row",        "column",   "function"};
  return kTitles[static_cast<std::size_t>(names)];
}

std::vector<std::pair<std::uint64_t, std::string>> waveNames(WaveNames names) {
  std::vector<std::pair<std::uint64_t, std::string>> values;
  switch (names) {
    case WaveNames::None:
    case WaveNames::Function:
      break;
    case WaveNames::Opcode:
      values.emplace_back(0, "-");  // NOP occupies no unit
      for (unsigned opcode = 1; opcode < 256; ++opcode) {
        const char* name = opcodeName(static_cast<std::uint8_t>(opcode));
        if (*name != '?') values.emplace_back(opcode, name);
      }
      break;
    case WaveNames::State:
      values = {{0, "-"}, {kBankDecodes, "decode"}, {kBankStreams, "columns"}, {kBankDrains, "drain"}};
#define PIM_STATE(name, opcode, body) values.emplace_back(opcode, lowerCase(#name));
      PIM_BANK_COMMANDS(PIM_STATE)
#undef PIM_STATE
      break;
    case WaveNames::Firmware:
      values = {{0, "wait"}, {1, "run"}};
      break;
    case WaveNames::Phase:
      values = {{0, "-"}, {PIM_MARK_PREFILL, "prefill"}, {PIM_MARK_DECODE, "decode"}, {PIM_MARK_END, "end"}};
      break;
    case WaveNames::Step:
      values.emplace_back(0, "-");
      for (unsigned step = 1; step < PIM_STEP_COUNT; ++step) {
        values.emplace_back(step, stepName(static_cast<std::uint8_t>(step)));
      }
      break;
    case WaveNames::Stream:
      values = {{0, "-"}, {1 + PIM_STREAM_WEIGHTS, "weights"}, {1 + PIM_STREAM_KV, "kv"}};
      break;
    case WaveNames::Row:
      values = {{kNoOpenRow, "closed"}};
      break;
    case WaveNames::Column:
      values = {{0, "-"}, {1, "read"}, {2, "mac"}, {3, "write"}};
      break;
  }
  return values;
}

std::uint64_t waveFunctionAt(const riscv::ElfImage& program, std::uint32_t pc) {
  const riscv::ElfFunction* function = riscv::functionAt(program, pc);
  return function != nullptr ? 1u + static_cast<std::uint64_t>(function - program.functions.data()) : 0;
}

std::vector<std::pair<std::uint64_t, std::string>> waveFunctionNames(const riscv::ElfImage& program) {
  std::vector<std::pair<std::uint64_t, std::string>> values{{0, "-"}};
  for (const riscv::ElfFunction& function : program.functions)
    values.emplace_back(values.size(), function.name);
  return values;
}

}  // namespace pim
