#pragma once

#include <cstdint>

#include "core/dram/dram_timing.h"
#include "core/dram/stream_request.h"

namespace pim {

enum class DramCommandKind : std::uint8_t { Activate, Precharge, Read, Mac, Write, Refresh };

/// One command to one bank. `row` counts for Activate, Precharge and columns; `column` for columns.
struct DramCommand {
  DramCommandKind kind;
  DramCycles cycle;
  std::uint32_t bank;  ///< index within the die
  std::uint32_t row;
  std::uint32_t column;
};

/// A bank is asked for a stream.
struct StreamArrival {
  StreamRequest request;
  DramCycles cycle = 0;
  /// Streams with the same number are those of one command to several banks of the die, told bank by bank; 0:
  /// of this bank alone. Counts under an activation limit only.
  std::uint64_t command = 0;
};

/// Sees every command of a die's banks. Commands of one bank come in the order of time; those of different
/// banks may interleave in any order.
class DramObserver {
 public:
  virtual ~DramObserver() = default;
  virtual void command(const DramCommand& command) = 0;
  /// The commands of this bank that follow serve this stream, or refresh it before.
  virtual void stream(const StreamArrival&) {}

  /// Whether columns of a row that follow each other without anything between may come in one call.
  virtual bool takesRuns() const { return false; }
  /// `count` columns, the first as given, each `interval` cycles after the one before.
  virtual void columns(const DramCommand& /*first*/, std::int64_t /*count*/, DramCycles /*interval*/) {}
};

}  // namespace pim
