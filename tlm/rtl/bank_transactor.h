#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "core/dram/dram_command.h"
#include "core/observe/activity.h"

namespace pim {

/// Constant inputs of a bank's RTL, set before its reset. Times are cycles of the DRAM clock.
struct BankStraps {
  Picoseconds dramClock = 0;     ///< period
  std::uint32_t bank = 0;        ///< number of the bank within its die
  std::uint32_t macBeat = 0;     ///< cycles per 64 products of the MAC array
  std::uint32_t bramBytes = 0;   ///< SRAM
  std::uint32_t bmemBytes = 0;   ///< cells
  std::uint32_t columnBits = 0;  ///< a row has 2^columnBits columns of 32 bytes
  bool twoRowBuffers = false;
  std::uint32_t tRcdRead = 0, tRcdMac = 0, tRcdWrite = 0;
  std::uint32_t tRp = 0, tRas = 0, tRc = 0, tCcd = 0, tWr = 0, tRtp = 0, tRfc = 0, tRefi = 0;
  bool refresh = false;
  std::uint32_t firstRefresh = 0;  ///< cycles from reset until the first refresh is due
  std::uint32_t postponed = 0;     ///< cycles for which a refresh may wait for a command
};

/// The outputs of a bank's RTL in one cycle of the DRAM clock.
struct BankCycle {
  // The command.
  bool busy = false;
  bool done = false;                        ///< last cycle of a command
  bool refused = false;                     ///< with `done`: its descriptor was refused
  RtlBankState state = RtlBankState::Idle;  ///< for waveforms and timelines only

  // To the cells. Bit b of `precharge` and `activate` stands for row buffer b.
  std::uint8_t precharge = 0;
  std::uint8_t activate = 0;
  std::uint32_t row[2] = {};  ///< row that is opened in each row buffer
  bool refresh = false;
  bool column = false;                           ///< a column is issued: `kind`, `columnRow`, `columnIndex`
  DramCommandKind kind = DramCommandKind::Read;  ///< Read, Mac or Write
  std::uint32_t columnRow = 0, columnIndex = 0;
  bool write = false;  ///< bytes for the oldest column that was issued as Write
  std::uint32_t writeMask = 0;
  std::uint8_t writeData[32] = {};
};

/// Idle cycles of the bus clock before a beat is offered, and before its response is accepted.
struct BusStalls {
  unsigned request = 0;
  unsigned answer = 0;
};

/// Drives the RTL of a bank through its ports. Only this class depends on the ports; `BankModel` does the
/// rest (cells, DRAM commands, descriptors). To compare RTL with other ports with the model, write one class
/// with this interface. `PimBankPins` implements it for the ports of rtl_ref/bank/pim_bank.sv.
///
/// Functions throw RtlAssertion if an assertion of the RTL fails.
class BankTransactor {
 public:
  virtual ~BankTransactor() = default;

  /// Sets the straps, then resets the RTL. Called once, before all other functions.
  virtual void reset(const BankStraps& straps) = 0;

  /// Returns the outputs of the DRAM cycle that the next clock() ends.
  virtual BankCycle outputs() = 0;

  /// Ends a cycle of the DRAM clock and begins the next. `column`: the 32 bytes of the column that was read
  /// in the cycle that ends; null if none was read.
  virtual void clock(const std::uint8_t* column) = 0;

  /// Runs one cycle of the DRAM clock, cells included; outputs() and clock() are called within.
  using RunDramCycle = std::function<void()>;

  /// Writes 32 bytes at an address of the bank's window (BankAddress; a multiple of 32); bit i of `enables`
  /// enables byte i. Returns when the RTL has accepted them; while it is not ready, calls `dramCycle`.
  virtual void write(std::uint32_t address, const std::uint8_t* data, std::uint32_t enables, BusStalls stalls,
                     const RunDramCycle& dramCycle) = 0;
  /// Reads 32 bytes in the same way.
  virtual void read(std::uint32_t address, std::uint8_t* data, BusStalls stalls,
                    const RunDramCycle& dramCycle) = 0;

  /// Records every signal from now on; an empty name ends the recording. Returns false if the file cannot be
  /// written.
  virtual bool trace(const std::string& vcdFile) = 0;

  /// Returns all registers for restore(); `cycle` is the DRAM cycle at that time. Empty: not supported, and a
  /// mismatch in `check` mode has no waveform.
  virtual std::vector<std::uint8_t> save() { return {}; }
  virtual void restore(const std::vector<std::uint8_t>& /*registers*/, std::int64_t /*cycle*/) {
    throw std::logic_error("BankTransactor: restore() of RTL that offers no save()");
  }

  /// Writes the pins before every clock edge, one line each. Returns false if this is not supported.
  virtual bool record(const std::string& /*file*/) { return false; }
};

/// Makes the RTL of a bank; the caller must call reset().
using MakeBankTransactor = std::function<std::unique_ptr<BankTransactor>()>;

}  // namespace pim
