#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/riscv/elf_image.h"

namespace pim {

/// Every signal that waveforms can show, once per unit of its kind.
enum class WaveLeaf : std::uint8_t {
  FirmwareState,
  FirmwarePhase,
  FirmwareToken,
  FirmwareLayer,
  FirmwareStep,
  FirmwarePc,
  FirmwareFunction,
  HostDoorbell,
  Doorbell,
  Irq,
  HostIrq,
  QueueDepth,
  QueuePosted,
  QueueDone,
  AluBusy,
  AluOpcode,
  AluSequence,
  AluLayer,
  AluData,
  MemoryBusy,
  LinkBusy,
  LinkOpcode,
  LinkSequence,
  LinkStream,
  LinkBytes,
  LinkData,
  DieRamBusy,
  BankBusy,
  BankState,
  BankOpcode,
  BankSequence,
  BankMacActive,
  BankData,
  OpenRow,
  OtherOpenRow,
  Refresh,
  Columns,
  Activate,
  Precharge,
  Column,
};
constexpr std::size_t kWaveLeaves = static_cast<std::size_t>(WaveLeaf::Column) + 1;

/// The table of names for the values of a signal.
enum class WaveNames : std::uint8_t {
  None,
  Opcode,
  State,
  Firmware,
  Phase,
  Step,
  Stream,
  Row,
  Column,
  Function,  ///< of the core's program: waveFunctionNames()
};

/// The kinds of units. Each unit has one scope, links have two.
enum class WaveUnit : std::uint8_t { Controller, Link, DieRam, Bank };

struct WaveLeafInfo {
  const char* group;  ///< name in profiles
  const char* name;   ///< name in profiles, after the group
  const char* path;   ///< within the unit's scope
  WaveUnit unit;
  std::uint8_t width;  ///< bits
  WaveNames names;
  bool data;         ///< shown only if data is selected
  bool rtl = false;  ///< the RTL of the unit has it, too
};

const WaveLeafInfo& waveLeafInfo(WaveLeaf leaf);

/// A set of leaves.
class WaveLeaves {
 public:
  bool has(WaveLeaf leaf) const { return (m_bits >> static_cast<unsigned>(leaf) & 1) != 0; }
  void add(WaveLeaf leaf) { m_bits |= std::uint64_t{1} << static_cast<unsigned>(leaf); }
  void add(WaveLeaves others) { m_bits |= others.m_bits; }
  bool empty() const { return m_bits == 0; }

 private:
  static_assert(kWaveLeaves <= 64);
  std::uint64_t m_bits = 0;
};

/// Returns the leaves that "group" or "group.name" selects; none if there is no such signal.
WaveLeaves waveLeavesCalled(std::string_view word);
/// Returns all groups in order.
std::vector<std::string> waveGroups();

/// States of a bank: 0 while idle, kBankDecodes while it decodes. Then the model shows its computation, by
/// the opcode, and the RTL its progress.
constexpr std::uint64_t kBankDecodes = 1, kBankStreams = 2, kBankDrains = 3;
/// Value of OpenRow while no row is open.
constexpr std::uint64_t kNoOpenRow = 0xFFFFFF;

/// Returns the name of a table in files, and its values. A value without a name is shown as a number.
const char* waveNamesTitle(WaveNames names);
std::vector<std::pair<std::uint64_t, std::string>> waveNames(WaveNames names);

/// Returns the value of FirmwareFunction for an address, and the names of these values.
std::uint64_t waveFunctionAt(const riscv::ElfImage& program, std::uint32_t pc);
std::vector<std::pair<std::uint64_t, std::string>> waveFunctionNames(const riscv::ElfImage& program);

}  // namespace pim
