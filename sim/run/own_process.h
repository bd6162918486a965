#pragma once

#include <cstddef>
#include <functional>
#include <type_traits>
#include <vector>

namespace pim::sim {

/// Runs `work` in a child process and waits for the bytes it writes to `result`. SystemC elaborates once a
/// process, so this is how one command runs a second simulation: before it elaborates its own. Returns false
/// if the child failed.
bool runInOwnProcess(const std::function<void(void* result)>& work, void* result, std::size_t bytes);

template <typename Result>
bool runInOwnProcess(const std::function<Result()>& work, Result& result) {
  static_assert(std::is_trivially_copyable_v<Result>, "the result crosses a pipe");
  return runInOwnProcess([&](void* to) { *static_cast<Result*>(to) = work(); }, &result, sizeof result);
}

/// The same for pieces 0 to `count` - 1 of some work, in a process each, `atOnce` at a time; each writes
/// `bytes` bytes. The results of pieces whose child failed stay as they were. `step` is called before each.
void runInOwnProcesses(std::size_t count, unsigned atOnce,
                       const std::function<void(std::size_t piece, void* result)>& work, void* results,
                       std::size_t bytes, const std::function<void()>& step = {});

template <typename Result>
void runInOwnProcesses(std::size_t count, unsigned atOnce, const std::function<Result(std::size_t)>& work,
                       std::vector<Result>& results, const std::function<void()>& step = {}) {
  static_assert(std::is_trivially_copyable_v<Result>, "the result crosses a pipe");
  results.resize(count);
  runInOwnProcesses(
      count, atOnce, [&](std::size_t i, void* to) { *static_cast<Result*>(to) = work(i); }, results.data(),
      sizeof(Result), step);
}

}  // namespace pim::sim
