#pragma once

#include <cstddef>
#include <functional>
#include <type_traits>

namespace pim::sim {

/// Runs `work` in a child process and waits for the bytes that it writes to `result`. SystemC elaborates once
/// per process; a command uses this function, before it elaborates its own chip, to run another simulation.
/// Returns false if the child failed.
bool runInOwnProcess(const std::function<void(void* result)>& work, void* result, std::size_t bytes);

template <typename Result>
bool runInOwnProcess(const std::function<Result()>& work, Result& result) {
  static_assert(std::is_trivially_copyable_v<Result>, "the result crosses a pipe");
  return runInOwnProcess([&](void* to) { *static_cast<Result*>(to) = work(); }, &result, sizeof result);
}

}  // namespace pim::sim
