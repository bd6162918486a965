#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace pim {

/// Calls work(i) for every i in [0, count), in any order, on as many threads as
/// the machine has. Rethrows the first exception after all threads have stopped.
template <typename Work>
void parallelFor(uint64_t count, const Work& work) {
  std::atomic<uint64_t> next{0};
  std::exception_ptr failure;
  std::mutex failureLock;
  const auto run = [&] {
    try {
      for (uint64_t i = next++; i < count; i = next++) work(i);
    } catch (...) {
      next = count;
      const std::lock_guard<std::mutex> lock(failureLock);
      if (!failure) failure = std::current_exception();
    }
  };
  std::vector<std::thread> helpers;
  const uint64_t threads = std::min<uint64_t>(count, std::max(1u, std::thread::hardware_concurrency()));
  for (uint64_t t = 1; t < threads; ++t) helpers.emplace_back(run);
  run();
  for (std::thread& helper : helpers) helper.join();
  if (failure) std::rethrow_exception(failure);
}

/// Calls work(first, end) for ranges of rows that together cover [0, rows). Starts no thread for a few rows.
template <typename Work>
void parallelForRows(uint64_t rows, const Work& work) {
  constexpr uint64_t kRowsAtOnce = 64;
  parallelFor((rows + kRowsAtOnce - 1) / kRowsAtOnce,
              [&](uint64_t part) { work(part * kRowsAtOnce, std::min(rows, (part + 1) * kRowsAtOnce)); });
}

}  // namespace pim
