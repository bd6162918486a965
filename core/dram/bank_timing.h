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

/// When a stream ran.
struct StreamTimes {
  DramCycles firstColumn = 0;  ///< issue of the first column
  DramCycles lastColumn = 0;   ///< issue of the last column
  DramCycles end = 0;          ///< the consumer is done with the last column: lastColumn + interval
};

/// ... and what it took. A refresh while the bank lay idle counts to the stream that follows.
struct Access : StreamTimes {
  DramCounters counters;
};

/// Timing of one DRAM bank, or of banks in lock-step: requests are served in order, each as early as the
/// rules of DramTiming allow, and rows stay open until another row is needed. Whether banks of a die may
/// activate at the same time is not decided here: under a limit an ActivationArbiter serves their streams.
///
/// Rows. Row r uses row buffer r % rowBuffers. To change its row: precharge (not before tRAS after its
/// activate, tRTP after its last read or MAC column, tWR after its last write column's end), activate (tRP
/// later, tRC after the last activate), first column tRCD of its kind later. With two buffers the change for
/// a stream's next row begins as soon as the current row is activated.
///
/// Refresh closes the rows and takes tRFC. An idle bank does it when it falls due. While a stream runs it
/// waits for the next activate and goes first, with all others due by then; but no column is issued while
/// more than refreshPostponeMax are pending: then the row is interrupted and activated again.
///
/// Not modelled: the turnaround between reads and writes, and the command bus.
///
/// The object is immutable and may be shared; what a bank remembers is its State.
class BankTiming {
 public:
  /// Times in cycles. Old times are raised to where they last could matter, so banks in lock-step compare
  /// equal, and banks that idled long enough become so.
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

  /// Throws std::logic_error if the request leaves the bank.
  StreamPlan plan(const StreamRequest& request) const;

  /// Serves what was planned and arrives at `start` (or when the one before it ends, if that is later), in
  /// closed form: whole runs of rows in one step. `bank` stands for the request's own. What it took is added
  /// to `counters`. Returns when the consumer is done with the last column.
  DramCycles stream(State& state, DramCycles start, const StreamPlan& plan, std::uint32_t bank,
                    DramCounters& counters) const;
  /// Plans and serves a request.
  Access stream(State& state, DramCycles start, const StreamRequest& request) const;

  /// Serves requests back to back. The first and last column are those of the whole sequence.
  Access stream(State& state, DramCycles start, const StreamRequest* requests, std::size_t count) const;

  /// The same, command by command, each shown to the observer. Same result, same state.
  Access streamExact(State& state, DramCycles start, const StreamRequest& request,
                     DramObserver& observer) const;

  /// Lets an idle bank refresh until `now`: for counters at the end of a run. Streams do this themselves.
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
