#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/observe/statistics.h"

namespace pim {

/// When a command could have started, when it did, and when it was done. All times absolute.
struct CommandRecord {
  Picoseconds posted = 0;   ///< the firmware rang the doorbell
  Picoseconds ready = 0;    ///< posted, and all commands it waits for complete
  Picoseconds latency = 0;  ///< fixed cost between ready and the first moment it could be served
  Picoseconds start = 0;    ///< its unit began on it
  Picoseconds done = 0;
  Component component = Component::Latency;
};

/// Splits elapsed time among components along the critical path: for each command, the path that ends with it
/// is the path of the command that held it up, and its own share. Kept forward, a sum per command, so that no
/// history beyond the commands in flight is needed.
class CriticalPath {
 public:
  using Shares = std::array<Picoseconds, kComponents>;

  /// Appends a command; commands come in the order of posting.
  void record(const CommandRecord& command);

  /// Shares of the path that ends with the command that was done last so far. They sum up to its done time.
  const Shares& shares() const { return m_last.shares; }
  Picoseconds end() const { return m_last.done; }

 private:
  struct Node {
    Picoseconds done = 0;
    Shares shares{};
  };
  const Node& latestDoneBy(Picoseconds time) const;

  // What held a command up is among those posted shortly before it: a layer has some thirty.
  static constexpr std::size_t kWindow = 64;
  std::array<Node, kWindow> m_nodes{};
  std::size_t m_count = 0;
  Node m_origin;
  Node m_last;
};

}  // namespace pim
