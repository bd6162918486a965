#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace pim {

class WorkLane;

/// Threads that compute while the simulation goes on in time. Work is handed out in lanes: that of one lane
/// is done in order, by one thread at a time, that of different lanes in any order.
class WorkPool {
 public:
  /// `threads` counts the one that hands out work and helps where it has to wait: 1 starts no other.
  explicit WorkPool(unsigned threads);
  /// All lanes must be gone.
  ~WorkPool();
  WorkPool(const WorkPool&) = delete;
  WorkPool& operator=(const WorkPool&) = delete;

 private:
  friend class WorkLane;
  using Lock = std::unique_lock<std::mutex>;

  void add(WorkLane& lane, std::function<void()> job);
  void finish(WorkLane& lane);
  /// Does the next job of the lane that has waited longest; there must be one.
  void runNext(Lock& lock);
  void serve();

  std::mutex m_mutex;
  std::condition_variable m_readyChanged, m_jobDone;
  std::deque<WorkLane*> m_ready;  // lanes with jobs of which none is being done
  std::atomic<std::size_t> m_readyCount{0};
  std::atomic<bool> m_stop{false};
  std::vector<std::thread> m_threads;
};

/// Work on one set of data: a bank's. Given by one thread, which sees the results after finish().
class WorkLane {
 public:
  /// Without a pool, work is done where it is given.
  explicit WorkLane(WorkPool* pool) : m_pool(pool) {}
  ~WorkLane() { finish(); }
  WorkLane(const WorkLane&) = delete;
  WorkLane& operator=(const WorkLane&) = delete;

  template <typename Job>
  void add(Job&& job) {
    if (m_pool == nullptr) return job();
    m_pool->add(*this, std::forward<Job>(job));
  }
  /// Returns when all that was given is done.
  void finish() {
    if (m_pending.load(std::memory_order_acquire) != 0) m_pool->finish(*this);
  }

 private:
  friend class WorkPool;

  WorkPool* m_pool;
  std::deque<std::function<void()>> m_jobs;  // not yet begun
  std::atomic<std::size_t> m_pending{0};     // and the one being done
};

}  // namespace pim
