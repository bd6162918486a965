#pragma once

#include <cstdint>

#include "core/dram/dram_timing.h"

namespace pim {

/// A stream of neighbouring columns. It may begin at any column and cross rows.
struct StreamRequest {
  enum class Kind : std::uint8_t { Read, Mac, Write };

  Kind kind = Kind::Mac;
  std::uint64_t byteOffset = 0;   ///< in the bank; the column that holds it comes first
  std::uint64_t columns = 0;      ///< columns of organisation.columnBytes
  DramCycles columnInterval = 0;  ///< time of the consumer per column; tCCD if that is more
  std::uint32_t bank = 0;         ///< index within its die, which decides when a per-bank refresh falls due
};

/// A request with the values that the rules derive from it. They are the same for every bank, so banks that
/// serve the same columns plan them once: BankTiming::plan().
struct StreamPlan {
  StreamRequest request;
  std::int64_t columns = 0;
  std::int64_t firstRow = 0;
  std::int64_t firstColumnInRow = 0;
  std::int64_t inFirstRow = 0;  ///< columns of the first row
  std::int64_t lastRow = 0;
  DramCycles interval = 0;  ///< from column to column
  DramCycles tRcd = 0;
  DramCycles columnToPrecharge = 0;
  DramCycles rowPeriod = 0;     ///< from a whole row's activate to the next one's, if nothing else binds them
  DramCycles toLastColumn = 0;  ///< from the last row's activate, likewise
  /// Values of BankRules for one row buffer.
  bool rowsStandAlone = false;
  bool firstRowStandsAlone = false;

  /// Cycles from an activate to the n-th column of its row if nothing else delays it.
  DramCycles toColumn(std::int64_t n) const { return tRcd + (n - 1) * interval; }
};

}  // namespace pim
