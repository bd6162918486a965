#pragma once

#include <cstddef>
#include <vector>

namespace pim {

/// Returns a buffer of the calling thread, one per type of element. It grows to the largest command once, so
/// that commands allocate no memory.
template <typename T>
std::vector<T>& scratch(std::size_t elements) {
  thread_local std::vector<T> buffer;
  if (buffer.size() < elements) buffer.resize(elements);
  return buffer;
}

}  // namespace pim
