#pragma once

#include <cstddef>

namespace pim {

/// Asks the host's cache for the lines from `first` up to `end`. The banks of a chip are more than its first
/// level holds, and each comes in its turn: a die that asks for the next bank before it serves one need not
/// wait for it.
inline void prefetch(const void* first, const void* end) {
  constexpr std::ptrdiff_t kLine = 64;
  const auto* last = static_cast<const char*>(end) - 1;
  for (const auto* line = static_cast<const char*>(first); line < last; line += kLine)
    __builtin_prefetch(line, 1);
  __builtin_prefetch(last, 1);
}

/// What is used of a socket in a call: of a target its callbacks, which lie at its end, of an initiator the
/// pointer to its target, which lies at its beginning.
template <typename Socket>
const void* callbacksOf(const Socket& target) {
  constexpr std::size_t kCallbacks = 112;
  return reinterpret_cast<const char*>(&target + 1) - kCallbacks;
}
template <typename Socket>
const void* endOfPointerOf(const Socket& initiator) {
  constexpr std::size_t kUpToPointer = 136;
  return reinterpret_cast<const char*>(&initiator) + kUpToPointer;
}

}  // namespace pim
