#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pim {

/// Every signal that waveforms can show, once for each unit of its kind.
enum class WaveLeaf : std::uint8_t {
  FirmwareState,
  FirmwarePhase,
  FirmwareToken,
  FirmwareLayer,
  FirmwareStep,
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

/// Which of the names below the values of a signal have.
enum class WaveNames : std::uint8_t { None, Opcode, State, Firmware, Phase, Step, Stream, Row, Column };

/// What a unit is: each has one scope, links two.
enum class WaveUnit : std::uint8_t { Controller, Link, DieRam, Bank };

struct WaveLeafInfo {
  const char* group;  ///< as profiles say it
  const char* name;   ///< as profiles say it, behind the group
  const char* path;   ///< within the unit's scope
  WaveUnit unit;
  std::uint8_t width;  ///< bits
  WaveNames names;
  bool data;         ///< shown only where data was asked for
  bool rtl = false;  ///< the RTL of the unit has it too
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

/// The leaves that "group" or "group.name" stands for; none: there is no such signal.
WaveLeaves waveLeavesCalled(std::string_view word);
/// The groups there are, in order.
std::vector<std::string> waveGroups();

/// States of a bank: 0 while it idles, this while it decodes. Then its model says what it computes, by the
/// opcode, and its RTL how far it is.
constexpr std::uint64_t kBankDecodes = 1, kBankStreams = 2, kBankDrains = 3;
/// What OpenRow holds while no row is open.
constexpr std::uint64_t kNoOpenRow = 0xFFFFFF;

/// Name of `names` in files, and its values; values without a name show as numbers.
const char* waveNamesTitle(WaveNames names);
std::vector<std::pair<std::uint64_t, std::string>> waveNames(WaveNames names);

}  // namespace pim
