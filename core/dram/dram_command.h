#pragma once

#include <cstdint>

#include "core/dram/dram_timing.h"
#include "core/dram/stream_request.h"

namespace pim {

enum class DramCommandKind : std::uint8_t { Activate, Precharge, Read, Mac, Write, Refresh };

/// One command to one bank. `row` is valid for Activate, Precharge and columns; `column` for columns.
struct DramCommand {
  DramCommandKind kind;
  DramCycles cycle;
  std::uint32_t bank;  ///< index within the die
  std::uint32_t row;
  std::uint32_t column;
};

/// A request for a stream, addressed to a bank.
struct StreamArrival {
  StreamRequest request;
  DramCycles cycle = 0;
  /// Streams with the same number belong to one command to several banks of the die; they are reported bank
  /// by bank. 0: the stream of a single bank. Used only under an activation limit.
  std::uint64_t command = 0;
};

/// Observes every command of the banks of a die. Commands of one bank arrive in the order of time; those of
/// different banks may interleave in any order.
class DramObserver {
 public:
  virtual ~DramObserver() = default;
  virtual void command(const DramCommand& command) = 0;
  /// Announces that the following commands of this bank serve this stream, or are refreshes before it.
  virtual void stream(const StreamArrival&) {}

  /// Returns whether uninterrupted columns of a row may be reported in one call.
  virtual bool takesRuns() const { return false; }
  /// Reports `count` columns; the first is given, and each follows `interval` cycles after the previous one.
  virtual void columns(const DramCommand& /*first*/, std::int64_t /*count*/, DramCycles /*interval*/) {}
};

}  // namespace pim
