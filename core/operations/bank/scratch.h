#pragma once

#include <cstddef>
#include <vector>

namespace pim {

/// Scratch of the calling thread: grows to the largest command once, so that commands allocate nothing. One
/// per type of element.
template <typename T>
std::vector<T>& scratch(std::size_t elements) {
  thread_local std::vector<T> buffer;
  if (buffer.size() < elements) buffer.resize(elements);
  return buffer;
}

}  // namespace pim
