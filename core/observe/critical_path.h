#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/observe/statistics.h"

namespace pim {

/// The units that serve a command. Units of one kind take commands in the order of posting.
struct Units {
  enum class Kind : std::uint8_t { kNone, kLinksDown, kLinksUp, kBanks, kAlus };
  Kind kind = Kind::kNone;
  std::uint64_t dies = 0;   ///< bit mask
  std::uint32_t banks = 0;  ///< of each; bit mask, banks only
  bool halfDuplex = false;  ///< links: both directions are one unit

  /// Returns whether some unit serves both commands.
  bool meet(const Units& other) const;
};

/// The times of a command: when it could have started, when it started, when it was done. All times are
/// absolute and in this order.
struct CommandRecord {
  std::uint32_t sequence = 0;
  std::uint32_t awaited =
      PIM_NO_SEQUENCE;       ///< of the commands it waits for, the last one done after `posted`
  Picoseconds posted = 0;    ///< the firmware rang the doorbell
  Picoseconds released = 0;  ///< posted, and all commands it waits for complete
  Picoseconds ready = 0;     ///< released, and its descriptor has arrived
  Picoseconds latency = 0;   ///< fixed time between ready and the first moment at which it could be served
  Picoseconds start = 0;     ///< its unit began it
  Picoseconds left = 0;      ///< its unit had finished it
  Picoseconds done = 0;      ///< Controller memory had taken its results
  Picoseconds fed = 0;       ///< before `start`: how long its unit waited for data from Controller memory
  Component component = Component::Latency;  ///< of its unit
  Component memory = Component::Latency;     ///< of Controller memory
  Units units;

  // CriticalPath::record sets these, and moves `start` to `begin` if the command did not wait for memory: a
  // command on its way to an idle unit occupies the unit.
  Picoseconds fetching = 0;  ///< from this time until `ready`, it waited only for its descriptor
  Picoseconds begin = 0;     ///< the unit belonged to this command

  /// Calls visit(component, from, to) for each span of time that counts for the command, in their order. A
  /// component's busy time is the sum of these spans.
  template <typename Visit>
  void forEachSpan(Visit visit) const {
    if (fetching < ready) visit(Component::ControllerWeights, fetching, ready);
    if (latency > 0) visit(Component::Latency, ready, ready + latency);
    forEachUnitSpan(visit);
  }
  /// Calls visit for the spans from `begin` on; these have no gaps.
  template <typename Visit>
  void forEachUnitSpan(Visit visit) const {
    const Picoseconds waits = start - fed > begin ? start - fed : begin;
    if (begin < waits) visit(component, begin, waits);
    if (waits < start) visit(memory, waits, start);
    if (start < left) visit(component, start, left);
    if (left < done) visit(memory, left, done);
  }
};

/// Divides elapsed time among components. From the end of a phase back to its begin, each instant belongs to
/// the component for which everything later had to wait. Backwards from a command, the path is:
///
///   its unit, from the time at which the unit belonged to the command until it was done, without the time in
///   which the unit waited for Controller memory; before that, the command that occupied the unit until then,
///   if there was another one; otherwise lambda, if it applies, and then the fetch of the descriptor from
///   Controller memory, if nothing else was missing; then the command that it waited for, if that was done
///   after the doorbell; otherwise the firmware, from the time at which its core woke up, and then the
///   command whose completion woke it.
///
/// The critical time of a component therefore never exceeds its busy time, and the components add up to the
/// elapsed time. The path is computed forwards, with one sum per command, so that only the commands in flight
/// need to be stored.
class CriticalPath {
 public:
  using Shares = std::array<Picoseconds, kComponents>;

  CriticalPath();

  /// Adds a command; commands come in the order of posting, with ascending sequence. Determines when the unit
  /// began to belong to it: at `start`, or earlier if the unit was idle while the command was on its way
  /// (clock edges, the hop of a doorbell) or waited for Controller memory.
  void record(CommandRecord& command);

  /// The firmware's core slept; until then it was busy since its last sleep.
  void sleep(Picoseconds from, Picoseconds to);

  /// Returns the shares of the path that ends with the firmware at `now`, from the last cut on. They add up
  /// to the time between the two cuts. The next path begins at `now`.
  Shares cut(Picoseconds now);

  /// Number of latest commands that others may still wait for.
  static constexpr std::size_t kHistory = 1 << 14;

 private:
  enum class Cause : std::uint8_t { kFirmware, kCommand, kDescriptor };
  struct Node {
    CommandRecord command;
    Cause cause = Cause::kFirmware;          ///< why it was not ready earlier
    Picoseconds causeUntil = 0;              ///< when the path leaves the cause
    std::uint32_t holder = PIM_NO_SEQUENCE;  ///< occupied the unit when it was ready
    Shares shares{};                         ///< of the path that ends with it, from the last cut on
  };
  /// Data for the search for the command that occupied a unit.
  struct Served {
    Units units;
    Picoseconds begin = 0, left = 0;
    std::uint32_t sequence = 0;
  };

  Node& nodeOf(std::uint32_t sequence) { return m_nodes[sequence % kHistory]; }
  /// Adds a span, without its part before the last cut.
  void add(Shares& shares, Component component, Picoseconds from, Picoseconds to) const;
  /// Returns the shares of the path that ends at `time` within the command, or at its end.
  Shares pathUntil(const Node& node, Picoseconds time) const;
  Shares firmwareUntil(Picoseconds now) const;
  Shares pathUntilReady(const Node& node);
  /// Computes the node's shares.
  void follow(Node& node);
  const Served* holderOf(const CommandRecord& command) const;

  std::vector<Node> m_nodes;
  // Commands that still occupy a unit when another one begins are among the latest: a layer has about thirty.
  static constexpr std::size_t kServed = 64;
  std::array<Served, kServed> m_served{};
  std::size_t m_count = 0;
  std::uint32_t m_newest = 0;
  Picoseconds m_lastDone = 0;

  Picoseconds m_fetched = 0;  // arrival of the latest descriptor that a command waited for alone
  Shares m_beforeFetched{};   // of the path that ends then
  Picoseconds m_cut = 0;
  Picoseconds m_awake = 0;  // when the core woke up
  Shares m_beforeAwake{};   // of the path that ends then
};

}  // namespace pim
