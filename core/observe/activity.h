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

/// An access of these banks of these dies (bit masks; zero: unknown) to their cells. The banks are in lock
/// step.
struct DramAccess {
  std::uint64_t dies = 0;
  std::uint64_t banks = 0;
  const BankTiming::State& before;  ///< state of the cells after their last access
  Picoseconds end = 0;              ///< of this one
};

/// The state of a bank's RTL, as rtl_ref/bank/pim_bank.sv numbers it.
enum class RtlBankState : std::uint8_t { Idle, Decode, Columns, Drain, Softmax, Store };

/// Observes the work of every unit of the chip and its times, for timelines and profiles. Times are absolute.
/// Units compute their own times and the command processor runs ahead, so calls come in the order of posting,
/// not of time. No event that is still to be reported begins before the latest doorbell.
///
/// Modules hold a pointer to one observer, or null, so that an unobserved run takes no additional time. An
/// observer overrides the functions that it needs.
class ActivityObserver {
 public:
  virtual ~ActivityObserver() = default;

  /// The firmware's core waited for an interrupt.
  virtual void onSleep(Picoseconds /*from*/, Picoseconds /*to*/) {}
  /// Returns whether onBlock() is wanted now. The core asks at least once per quantum.
  virtual bool followsProgram() const { return false; }
  /// The core begins to run the instructions at `pc`, because a jump led there or they follow another block.
  /// Only a core that runs the firmware's instructions calls it, in the order of time, at most a quantum
  /// ahead of simulated time.
  virtual void onBlock(std::uint32_t /*pc*/, Picoseconds /*begin*/) {}
  /// The firmware marked a phase: kind (enum pim_mark) and index.
  virtual void onMark(std::uint32_t /*kind*/, std::uint32_t /*index*/, Picoseconds /*now*/) {}
  /// The firmware rang the doorbell for `commands` new commands, which follow.
  virtual void onDoorbell(std::uint32_t /*commands*/, Picoseconds /*now*/) {}
  /// The transfers and bank work that follow, up to onCommand, belong to this command.
  virtual void onDispatch(const pim_command&, std::uint32_t /*sequence*/) {}
  /// A transfer used the links of these dies (bit mask), `bytes` on each.
  virtual void onTransfer(std::uint64_t /*dies*/, LinkDirection, std::uint64_t /*bytes*/,
                          Picoseconds /*begin*/, Picoseconds /*end*/) {}
  /// These banks of each of these dies (bit masks) were busy with the command.
  virtual void onBankWork(std::uint64_t /*dies*/, std::uint64_t /*banks*/, Picoseconds /*begin*/,
                          Picoseconds /*end*/) {}
  /// The command is complete. `counters` include all commands up to and with this one.
  virtual void onCommand(const pim_command&, std::uint32_t /*sequence*/, const CommandRecord&,
                         const Counters&) {}

  /// A port of Controller memory moved bytes. Called when the command for which it did is dispatched; for a
  /// descriptor, before the onDispatch of its command.
  virtual void onMemoryPort(ControllerMemoryKind, double /*bytes*/, Picoseconds /*begin*/,
                            Picoseconds /*end*/) {}

  // For waveforms only.

  /// The port of these dies' DieRAM was busy.
  virtual void onDieRam(std::uint64_t /*dies*/, Picoseconds /*begin*/, Picoseconds /*end*/) {}
  /// The ALUs' port to Controller memory was busy.
  virtual void onControllerMemory(Picoseconds /*begin*/, Picoseconds /*end*/) {}
  virtual void onLine(ActivityLine, bool /*level*/, Picoseconds /*now*/) {}
  /// The host rang the doorbell for a job.
  virtual void onHostDoorbell(Picoseconds /*now*/) {}
  /// The first bytes (little-endian) of the latest transfer, in runs with data.
  virtual void onData(std::uint64_t /*dies*/, LinkDirection, std::uint64_t /*head*/) {}
  /// A block differs from the implementation with which it is compared.
  virtual void onMismatch(Picoseconds /*at*/) {}
  /// Returns the observer for each DRAM command of the access that follows; `next` is the one that the caller
  /// would use. Null: none, and streams are computed in closed form. Refreshes of an idle bank since its last
  /// access are reported with the access, at times in the past.
  virtual DramObserver* dramObserver(const DramAccess&, DramObserver* next) { return next; }

  // From the RTL of a bank, in parallel with the model or in its place. The RTL runs only with the bank's
  // commands, so its activity in idle time is reported later, at times in the past.

  virtual void onRtlDram(std::uint32_t /*die*/, const DramCommand&) {}
  virtual void onRtlState(std::uint32_t /*die*/, std::uint32_t /*bank*/, RtlBankState, Picoseconds /*at*/) {}
};

}  // namespace pim
