#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/observe/activity.h"
#include "tlm/bank/bank_parameters.h"
#include "tlm/rtl/bank_transactor.h"

namespace pim {

/// Why RTL of the shape of rtl_ref/bank/pim_bank.sv (its lanes, the widths of its straps) cannot stand in for
/// a bank with these parameters; empty if it can.
std::string unsupportedReason(const BankParameters& parameters);

/// What the RTL of a bank gets as straps.
BankStraps strapsOf(const BankParameters& parameters, std::uint32_t bankInDie);

/// A bank of RTL with a memory for its cells, driven through its transactor. Cycles are those of the DRAM
/// clock, counted from reset; the bus has a clock of its own, which ticks between two of them.
class BankModel {
 public:
  /// BRAM of the RTL; smaller ones use part of it.
  static constexpr std::uint32_t kBramBytes = 64 * 1024;

  /// `cells`: BMEM from its first byte, at least bankBytes of them; they stay the caller's. Parameters for
  /// which unsupportedReason() has a text are a std::logic_error.
  BankModel(const BankParameters& parameters, std::uint32_t bankInDie, std::uint8_t* cells,
            const MakeBankTransactor& make);
  BankModel(const BankModel&) = delete;
  BankModel& operator=(const BankModel&) = delete;

  /// The DRAM cycle that comes next.
  std::int64_t cycle() const;
  /// One cycle of the DRAM clock.
  void tick();
  /// Ticks until `cycle` is the next one.
  void runTo(std::int64_t cycle);

  bool busy() const;
  /// Commands that have ended, and the cycle in which the last of them was complete: the first one without
  /// it.
  std::uint64_t commandsDone() const;
  std::int64_t lastDone() const;
  /// Whether a column to write has been issued whose bytes have not come yet.
  bool writesPending() const;
  /// Whether the last command that ended was refused.
  bool refused() const;

  using Stalls = BusStalls;
  /// One access of 32 bytes on the bus, with idle bus cycles before it and before its answer is taken. A
  /// descriptor that has to wait for the one before lets the bank tick on.
  void busWrite(std::uint32_t address, const std::uint8_t* data, std::uint32_t byteEnables, Stalls stalls);
  void busRead(std::uint32_t address, std::uint8_t* data, Stalls stalls);

  /// Any span of bytes, as beats without stalls.
  void write(std::uint32_t address, const void* data, std::uint32_t bytes);
  void read(std::uint32_t address, void* data, std::uint32_t bytes);
  void post(const pim_command& command);

  /// Sees every DRAM command as the pins show it; row commands of a cycle before its column.
  void observe(DramObserver* observer);
  /// Sees each state that the bank enters, and the first cycle in it.
  using StateWatcher = std::function<void(RtlBankState state, std::int64_t cycle)>;
  void watchState(StateWatcher watcher);
  /// Sees each write to the cells, in place of which it decides: offset in BMEM, data and mask of 32 bytes.
  using CellWriter = std::function<void(std::uint64_t offset, const std::uint8_t* data, std::uint32_t mask)>;
  void writeCellsWith(CellWriter writer);

  /// Records the pins and registers from here on, with a save file for GTKWave beside; an empty name ends it.
  /// False where the file cannot be written.
  bool trace(const std::string& vcdFile);

  /// Writes what is on the pins before every clock edge from here on, one line each, for
  /// rtl_ref/tb/pim_bank_tb.sv. Throws UserError where the file cannot be written.
  void record(const std::string& file);

  /// The whole state but the cells, to come back to; taken while no command runs.
  struct Snapshot {
    std::vector<std::uint8_t> registers;
    std::int64_t cycle;
    std::uint32_t openRow[2];
  };
  Snapshot save();
  void restore(const Snapshot& snapshot);

 private:
  void serveCells(const BankCycle& now);
  void tellState();
  void emit(DramCommandKind kind, std::uint32_t row, std::uint32_t column);
  std::uint64_t offsetOf(const BankCycle& now) const;

  std::unique_ptr<BankTransactor> m_rtl;
  BankTransactor::RunDramCycle m_tick;
  std::uint32_t m_bank;
  std::uint8_t* m_cells;
  int m_columnBits;  // of a row
  std::int64_t m_cycle = 0;
  std::uint64_t m_commandsDone = 0;
  std::int64_t m_lastDone = -1;
  bool m_refused = false;
  DramObserver* m_observer = nullptr;
  CellWriter m_writer;
  StateWatcher m_stateWatcher;
  RtlBankState m_state = RtlBankState::Idle;  // that it has been told of
  std::uint32_t m_openRow[2] = {};
  std::deque<std::uint64_t> m_pendingWrites;  // offsets of columns whose bytes have not come yet
};

}  // namespace pim
