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

/// Returns why the reference RTL (lanes, widths of its straps: rtl_ref/bank/pim_bank.sv) cannot replace a
/// bank with these parameters; empty if it can.
std::string unsupportedReason(const BankParameters& parameters);

/// Returns the straps for the RTL of a bank.
BankStraps strapsOf(const BankParameters& parameters, std::uint32_t bankInDie);

/// RTL of a bank with a memory for its cells, driven through its transactor. Cycles are those of the DRAM
/// clock, counted from reset. The bus has its own clock, which ticks between two DRAM cycles.
class BankModel {
 public:
  /// BRAM of the RTL; a smaller BRAM uses part of it.
  static constexpr std::uint32_t kBramBytes = 64 * 1024;

  /// `cells`: first byte of BMEM, at least bankBytes of them, owned by the caller. Throws std::logic_error
  /// for parameters that unsupportedReason() rejects.
  BankModel(const BankParameters& parameters, std::uint32_t bankInDie, std::uint8_t* cells,
            const MakeBankTransactor& make);
  BankModel(const BankModel&) = delete;
  BankModel& operator=(const BankModel&) = delete;

  /// Returns the next DRAM cycle.
  std::int64_t cycle() const;
  /// Runs one cycle of the DRAM clock.
  void tick();
  /// Runs until `cycle` is the next one.
  void runTo(std::int64_t cycle);

  bool busy() const;
  /// Return the number of commands that have ended, and the cycle in which the last one was complete: the
  /// first cycle without it.
  std::uint64_t commandsDone() const;
  std::int64_t lastDone() const;
  /// Returns whether the bytes of an issued write column are still missing.
  bool writesPending() const;
  /// Returns whether the last command that ended was refused.
  bool refused() const;

  using Stalls = BusStalls;
  /// Make one access of 32 bytes on the bus, with idle bus cycles before it and before its response is
  /// accepted. A descriptor that has to wait for the previous command lets the bank's cycles continue.
  void busWrite(std::uint32_t address, const std::uint8_t* data, std::uint32_t byteEnables, Stalls stalls);
  void busRead(std::uint32_t address, std::uint8_t* data, Stalls stalls);

  /// Write and read any span of bytes, as beats without stalls.
  void write(std::uint32_t address, const void* data, std::uint32_t bytes);
  void read(std::uint32_t address, void* data, std::uint32_t bytes);
  void post(const pim_command& command);

  /// Sets an observer of the DRAM commands on the pins. Row commands of a cycle are reported before its
  /// column.
  void observe(DramObserver* observer);
  /// Is called for each state that the bank enters, with the first cycle in it.
  using StateWatcher = std::function<void(RtlBankState state, std::int64_t cycle)>;
  void watchState(StateWatcher watcher);
  /// Replaces writes to the cells: called with the offset in BMEM, the data and the mask of 32 bytes.
  using CellWriter = std::function<void(std::uint64_t offset, const std::uint8_t* data, std::uint32_t mask)>;
  void writeCellsWith(CellWriter writer);

  /// Records the pins and registers from now on, with a save file for GTKWave; an empty name ends the
  /// recording. Returns false if the file cannot be written.
  bool trace(const std::string& vcdFile);

  /// Writes the pins before every clock edge from now on, one line each, for rtl_ref/tb/pim_bank_tb.sv.
  /// Throws a UserError if the file cannot be written.
  void record(const std::string& file);

  /// The whole state without the cells, to be restored later; saved only while no command runs.
  struct Snapshot {
    std::vector<std::uint8_t> registers;
    std::int64_t cycle;
    std::uint32_t openRow[2];
    std::deque<std::uint64_t> pendingWrites;
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
  int m_columnBits;  // columns per row, as a power of two
  std::int64_t m_cycle = 0;
  std::uint64_t m_commandsDone = 0;
  std::int64_t m_lastDone = -1;
  bool m_refused = false;
  DramObserver* m_observer = nullptr;
  CellWriter m_writer;
  StateWatcher m_stateWatcher;
  RtlBankState m_state = RtlBankState::Idle;  // last state that was reported
  std::uint32_t m_openRow[2] = {};
  std::deque<std::uint64_t> m_pendingWrites;  // offsets of write columns whose bytes are still missing
};

}  // namespace pim
