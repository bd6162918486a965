#pragma once

#include <cstdint>

#include "abi/pim_abi.h"
#include "core/base/memory_rates.h"
#include "core/base/time.h"
#include "core/dram/bank_timing.h"
#include "core/dram/dram_command.h"
#include "core/observe/critical_path.h"
#include "core/observe/statistics.h"

namespace pim {

/// Lines that a unit drives.
enum class ActivityLine : std::uint8_t { FirmwareInterrupt, HostInterrupt };

enum class LinkDirection : std::uint8_t { Down, Up };  ///< to the dies, to the Controller

/// An access of these banks of these dies (bit masks; zero: unknown) to their cells, which do all the same.
struct DramAccess {
  std::uint64_t dies = 0;
  std::uint64_t banks = 0;
  const BankTiming::State& before;  ///< how their last one left them
  Picoseconds end = 0;              ///< of this one
};

/// What the RTL of a bank is at, as rtl_ref/bank/pim_bank.sv counts it.
enum class RtlBankState : std::uint8_t { Idle, Decode, Columns, Drain, Softmax, Store };

/// Sees what every unit of the chip does and when, for timelines and profiles. Times are absolute. Units keep
/// their own time and the command processor runs ahead, so calls come in the order of posting and not of
/// time; but nothing that is still to come begins before the latest doorbell.
///
/// Modules hold a pointer to one, null for none: not looking costs nothing. An observer overrides what it
/// looks at.
class ActivityObserver {
 public:
  virtual ~ActivityObserver() = default;

  /// The firmware's core waited for an interrupt.
  virtual void onSleep(Picoseconds /*from*/, Picoseconds /*to*/) {}
  /// The firmware marked a phase: kind (enum pim_mark) and index.
  virtual void onMark(std::uint32_t /*kind*/, std::uint32_t /*index*/, Picoseconds /*now*/) {}
  /// The firmware rang for `commands` new commands, which follow.
  virtual void onDoorbell(std::uint32_t /*commands*/, Picoseconds /*now*/) {}
  /// The transfers and the work in banks that follow, up to onCommand, are this command's.
  virtual void onDispatch(const pim_command&, std::uint32_t /*sequence*/) {}
  /// A transfer took the links of these dies (bit mask), `bytes` on each.
  virtual void onTransfer(std::uint64_t /*dies*/, LinkDirection, std::uint64_t /*bytes*/,
                          Picoseconds /*begin*/, Picoseconds /*end*/) {}
  /// These banks of each of these dies (bit masks) were busy with the command.
  virtual void onBankWork(std::uint64_t /*dies*/, std::uint64_t /*banks*/, Picoseconds /*begin*/,
                          Picoseconds /*end*/) {}
  /// The command is complete. `counters` hold all commands so far with this one.
  virtual void onCommand(const pim_command&, std::uint32_t /*sequence*/, const CommandRecord&,
                         const Counters&) {}

  /// A port of Controller memory moved bytes. Comes when the command for which it did is dispatched, with the
  /// descriptor of a command before its onDispatch.
  virtual void onMemoryPort(ControllerMemoryKind, double /*bytes*/, Picoseconds /*begin*/,
                            Picoseconds /*end*/) {}

  // What only waveforms look at.

  /// The port of these dies' DieRAM was busy.
  virtual void onDieRam(std::uint64_t /*dies*/, Picoseconds /*begin*/, Picoseconds /*end*/) {}
  /// The ALUs' port to Controller memory was busy.
  virtual void onControllerMemory(Picoseconds /*begin*/, Picoseconds /*end*/) {}
  virtual void onLine(ActivityLine, bool /*level*/, Picoseconds /*now*/) {}
  /// The host rang for a job.
  virtual void onHostDoorbell(Picoseconds /*now*/) {}
  /// The first bytes (little-endian) of the latest transfer, in runs with data.
  virtual void onData(std::uint64_t /*dies*/, LinkDirection, std::uint64_t /*head*/) {}
  /// What is checked against another implementation differs from it.
  virtual void onMismatch(Picoseconds /*at*/) {}
  /// Who is to be shown each DRAM command of the access to come; `next` wants to see them too. Null: nobody,
  /// streams are computed in closed form. What an idle bank did by itself since its last access, refresh, is
  /// shown with it, behind simulated time.
  virtual DramObserver* dramObserver(const DramAccess&, DramObserver* next) { return next; }

  // Of the RTL that stands beside a bank or in its place. It runs with the bank's commands, so what it did
  // while idle is told behind simulated time.

  virtual void onRtlDram(std::uint32_t /*die*/, const DramCommand&) {}
  virtual void onRtlState(std::uint32_t /*die*/, std::uint32_t /*bank*/, RtlBankState, Picoseconds /*at*/) {}
};

}  // namespace pim
