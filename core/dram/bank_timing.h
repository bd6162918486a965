#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "core/dram/dram_command.h"
#include "core/dram/dram_counters.h"
#include "core/dram/dram_timing.h"
#include "core/dram/stream_request.h"

namespace pim {

/// The times of a stream.
struct StreamTimes {
  DramCycles firstColumn = 0;  ///< issue of the first column
  DramCycles lastColumn = 0;   ///< issue of the last column
  DramCycles end = 0;          ///< the consumer is done with the last column: lastColumn + interval
};

/// The times and the counts of a stream. A refresh while the bank was idle counts for the stream that follows
/// it.
struct Access : StreamTimes {
  DramCounters counters;
};

/// Timing of one DRAM bank, or of banks in lock-step. It serves requests in order, each as early as the rules
/// of DramTiming allow. Rows stay open until another row is needed. It does not apply limits on activates of
/// several banks of a die; under a limit, an ActivationArbiter serves the streams.
///
/// Rows. Row r uses row buffer r % rowBuffers. To change the row of a buffer, the bank issues a precharge
/// (not before tRAS after the activate, tRTP after the last read or MAC column, tWR after the end of the last
/// write column), an activate (tRP later, and tRC after the last activate), and the first column (tRCD of its
/// kind later). With two buffers, the change for the next row of a stream begins as soon as the current row
/// is activated.
///
/// Refresh closes the rows and takes tRFC. An idle bank refreshes when the refresh falls due. While a stream
/// runs, a refresh waits for the next activate and is issued before it, with all others that are due by then.
/// No column is issued while more than refreshPostponeMax refreshes are pending: the row is then closed, and
/// activated again after the refresh.
///
/// Not modelled: the turnaround between reads and writes, and the command bus.
///
/// The object is immutable and may be shared; State holds what changes in a bank.
class BankTiming {
 public:
  /// Times in cycles. Times that are too old to matter are raised to the latest value that has no effect.
  /// Banks in lock-step therefore compare equal, and so do banks that were idle long enough.
  struct State {
    DramCycles activated[2] = {-(1ll << 40), -(1ll << 40)};  ///< per row buffer: last activate
    DramCycles ready[2] = {0,
                           0};   ///< per row buffer: earliest precharge if open, earliest activate if closed
    DramCycles columnReady = 0;  ///< earliest column; the bank is idle from here on
    DramCycles refreshed = 0;    ///< the refreshes since time 0 times tREFI
    std::int32_t openRow[2] = {-1, -1};

    friend bool operator==(const State& a, const State& b) { return std::memcmp(&a, &b, sizeof(State)) == 0; }
    friend bool operator!=(const State& a, const State& b) { return !(a == b); }
  };

  BankTiming() = default;
  explicit BankTiming(const DramTiming& timing) : m_timing(timing) {}

  const DramTiming& timing() const { return m_timing; }

  /// Throws std::logic_error if the request exceeds the bank.
  StreamPlan plan(const StreamRequest& request) const;

  /// Serves a planned request in closed form, whole runs of rows in one step. It arrives at `start`, or when
  /// the previous request ends if that is later. `bank` replaces the bank of the request. Adds its counts to
  /// `counters`. Returns the time at which the consumer has processed the last column.
  DramCycles stream(State& state, DramCycles start, const StreamPlan& plan, std::uint32_t bank,
                    DramCounters& counters) const;
  /// Plans and serves a request.
  Access stream(State& state, DramCycles start, const StreamRequest& request) const;

  /// Serves requests back to back. The result has the first and last column of the whole sequence.
  Access stream(State& state, DramCycles start, const StreamRequest* requests, std::size_t count) const;

  /// Serves a request command by command and reports each command to the observer. Result and state are the
  /// same.
  Access streamExact(State& state, DramCycles start, const StreamRequest& request,
                     DramObserver& observer) const;

  /// Lets an idle bank refresh until `now`, for counters at the end of a run. Streams do this themselves.
  DramCounters idleUntil(State& state, DramCycles now, std::uint32_t bank = 0) const;
  DramCounters idleUntilExact(State& state, DramCycles now, std::uint32_t bank, DramObserver& observer) const;

 private:
  StreamTimes times(State& state, DramCycles start, const StreamPlan& plan, std::uint32_t bank,
                    DramCounters& counters) const;

  DramTiming m_timing;
};

static_assert(sizeof(BankTiming::State) <= 64 && std::is_trivially_copyable_v<BankTiming::State>,
              "a state fits a cache line and can be hashed and compared as bytes");
static_assert(std::has_unique_object_representations_v<BankTiming::State>, "compared as bytes");

}  // namespace pim
