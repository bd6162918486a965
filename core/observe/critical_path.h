#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/observe/statistics.h"

namespace pim {

/// Which units serve a command: those of one kind take commands in the order of posting.
struct Units {
  enum class Kind : std::uint8_t { kNone, kLinksDown, kLinksUp, kBanks, kAlus };
  Kind kind = Kind::kNone;
  std::uint64_t dies = 0;   ///< bit mask
  std::uint32_t banks = 0;  ///< of each; bit mask, banks only
  bool halfDuplex = false;  ///< links: both directions are one unit

  /// Whether one unit serves both commands.
  bool meet(const Units& other) const;
};

/// When a command could have started, when it did, and when it was done. All times absolute and in this
/// order.
struct CommandRecord {
  std::uint32_t sequence = 0;
  std::uint32_t awaited =
      PIM_NO_SEQUENCE;       ///< of the commands it waits for, the last one done after `posted`
  Picoseconds posted = 0;    ///< the firmware rang the doorbell
  Picoseconds released = 0;  ///< posted, and all commands it waits for complete
  Picoseconds ready = 0;     ///< released, and its descriptor there
  Picoseconds latency = 0;   ///< fixed cost between ready and the first moment it could be served
  Picoseconds start = 0;     ///< its unit began on it
  Picoseconds left = 0;      ///< its unit was through
  Picoseconds done = 0;      ///< and Controller memory had taken what came of it
  Picoseconds fed = 0;       ///< before `start`: how long its unit waited for what Controller memory gives it
  Component component = Component::Latency;  ///< of its unit
  Component memory = Component::Latency;     ///< of Controller memory
  Units units;

  // CriticalPath::record fills these in, and moves `start` to `begin` where nobody waited for memory: what is
  // on its way to an idle unit has the unit.
  Picoseconds fetching = 0;  ///< from then on until `ready` its descriptor alone was awaited
  Picoseconds begin = 0;     ///< it had its unit for its own

  /// Calls visit(component, from, to) for each stretch of time that counts for it, in their order: what a
  /// component's busy time is the sum of.
  template <typename Visit>
  void forEachSpan(Visit visit) const {
    if (fetching < ready) visit(Component::ControllerWeights, fetching, ready);
    if (latency > 0) visit(Component::Latency, ready, ready + latency);
    forEachUnitSpan(visit);
  }
  /// Those from `begin` on: they lie end to end.
  template <typename Visit>
  void forEachUnitSpan(Visit visit) const {
    const Picoseconds waits = start - fed > begin ? start - fed : begin;
    if (begin < waits) visit(component, begin, waits);
    if (waits < start) visit(memory, waits, start);
    if (start < left) visit(component, start, left);
    if (left < done) visit(memory, left, done);
  }
};

/// Splits elapsed time among components: from the moment a phase ends back to the one in which it began, each
/// instant belongs to the component that everything later had to wait for at that instant. Followed back from
/// a command, that is
///
///   its unit, from when the command had the unit for its own until it was done, but for the time in which
///   the unit waited for Controller memory; before that the command that had the unit until then, if it was
///   another one; else, if there is one, lambda, and then its descriptor on the way from Controller memory,
///   as long as nothing else was missing; then the command that was awaited, if that was done after the
///   doorbell; else the firmware, from when its core woke up, and then the command whose completion woke it.
///
/// So a component's critical time is never more than its busy time, and components sum up to the elapsed
/// time. Kept forward, one sum per command, so that no history beyond the commands in flight is needed.
class CriticalPath {
 public:
  using Shares = std::array<Picoseconds, kComponents>;

  CriticalPath();

  /// Appends a command; commands come in the order of posting, with ascending sequence. Finds out from when
  /// on it had its unit for its own: `start`, or before it if the unit was idle while the command was on its
  /// way (clock edges, the hop of a doorbell) or waited for Controller memory.
  void record(CommandRecord& command);

  /// The firmware's core slept; until then it was busy since its last sleep.
  void sleep(Picoseconds from, Picoseconds to);

  /// Shares of the path that ends with the firmware at `now`, from the last cut on. They sum up to the time
  /// between the two. The next path begins at `now`.
  Shares cut(Picoseconds now);

  /// Commands that can still be awaited: the latest.
  static constexpr std::size_t kHistory = 1 << 14;

 private:
  enum class Cause : std::uint8_t { kFirmware, kCommand, kDescriptor };
  struct Node {
    CommandRecord command;
    Cause cause = Cause::kFirmware;          ///< of its being ready no earlier
    Picoseconds causeUntil = 0;              ///< the path leaves the cause then
    std::uint32_t holder = PIM_NO_SEQUENCE;  ///< had the unit when it was ready
    Shares shares{};                         ///< of the path that ends with it, from the last cut on
  };
  /// What looking for the command that held a unit needs.
  struct Served {
    Units units;
    Picoseconds begin = 0, left = 0;
    std::uint32_t sequence = 0;
  };

  Node& nodeOf(std::uint32_t sequence) { return m_nodes[sequence % kHistory]; }
  /// Adds a span as far as it lies behind the last cut.
  void add(Shares& shares, Component component, Picoseconds from, Picoseconds to) const;
  /// Shares of the path that ends at `time` within the command or with its end.
  Shares pathUntil(const Node& node, Picoseconds time) const;
  Shares firmwareUntil(Picoseconds now) const;
  Shares pathUntilReady(const Node& node);
  /// Fills in the node's shares.
  void follow(Node& node);
  const Served* holderOf(const CommandRecord& command) const;

  std::vector<Node> m_nodes;
  // Commands that still hold a unit when another one begins are among the latest: a layer has some thirty.
  static constexpr std::size_t kServed = 64;
  std::array<Served, kServed> m_served{};
  std::size_t m_count = 0;
  std::uint32_t m_newest = 0;
  Picoseconds m_lastDone = 0;

  Picoseconds m_fetched = 0;  // the latest descriptor that alone was awaited came then
  Shares m_beforeFetched{};   // of the path that ends there
  Picoseconds m_cut = 0;
  Picoseconds m_awake = 0;  // since when the core is
  Shares m_beforeAwake{};   // of the path that ends there
};

}  // namespace pim
