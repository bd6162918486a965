#pragma once

#include <cstddef>

namespace pim {

/// Prefetches the lines from `first` up to `end` into the host's cache. The
/// banks of a chip do not fit into its first level, and a die serves them in
/// order, so it prefetches the next bank before it serves the current one.
inline void prefetch(const void* first, const void* end) {
  constexpr std::ptrdiff_t kLine = 64;
  const auto* last = static_cast<const char*>(end) - 1;
  for (const auto* line = static_cast<const char*>(first); line < last; line += kLine)
    __builtin_prefetch(line, 1);
  __builtin_prefetch(last, 1);
}

/// Asks for the members of a target from `first` on, which is among its last, and for what a call through a
/// socket reads of it: the tables of BlockingTarget and its interfaces, which follow them.
template <typename Target>
void prefetchTarget(const Target& target, const void* first) {
  prefetch(first, &target + 1);
}

/// Asks for what a call reads of the initiator's socket: the pointer to the target.
template <typename Socket>
void prefetchPointer(const Socket& initiator) {
  constexpr std::size_t kPointer = 128;
  __builtin_prefetch(reinterpret_cast<const char*>(&initiator) + kPointer);
}

}  // namespace pim
