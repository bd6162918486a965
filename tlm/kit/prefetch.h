#pragma once

#include <cstddef>

namespace pim {

/// Prefetches the lines from `first` up to `end` into the host's cache. The banks of a chip do not fit into
/// its first level, and a die serves them in order, so it prefetches the next bank before it serves the
/// current one.
inline void prefetch(const void* first, const void* end) {
  constexpr std::ptrdiff_t kLine = 64;
  const auto* last = static_cast<const char*>(end) - 1;
  for (const auto* line = static_cast<const char*>(first); line < last; line += kLine)
    __builtin_prefetch(line, 1);
  __builtin_prefetch(last, 1);
}

/// Prefetches the last members of a target, from `first` on, and the virtual tables that follow them, which a
/// call through a socket reads (BlockingTarget and its interfaces).
template <typename Target>
void prefetchTarget(const Target& target, const void* first) {
  prefetch(first, &target + 1);
}

/// Prefetches the member of an initiator's socket that a call reads: the pointer to the target.
template <typename Socket>
void prefetchPointer(const Socket& initiator) {
  constexpr std::size_t kPointer = 128;
  __builtin_prefetch(reinterpret_cast<const char*>(&initiator) + kPointer);
}

}  // namespace pim
