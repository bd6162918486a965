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

/// Threads that compute data while simulated time proceeds. Work is given to lanes. Jobs
/// of one lane run in order, one at a time; jobs of different lanes run in any order.
class WorkPool {
 public:
  /// `threads` includes the thread that gives the work, which helps while it waits. 1 starts no thread.
  explicit WorkPool(unsigned threads);
  /// All lanes must have been destroyed.
  ~WorkPool();
  WorkPool(const WorkPool&) = delete;
  WorkPool& operator=(const WorkPool&) = delete;

 private:
  friend class WorkLane;
  using Lock = std::unique_lock<std::mutex>;

  void add(WorkLane& lane, std::function<void()> job);
  void finish(WorkLane& lane);
  /// Executes the next job of the lane that has waited longest. There must be one.
  void runNext(Lock& lock);
  void serve();

  std::mutex m_mutex;
  std::condition_variable m_readyChanged, m_jobDone;
  std::deque<WorkLane*> m_ready;  // lanes with jobs of which none is being done
  std::atomic<std::size_t> m_readyCount{0};
  std::atomic<bool> m_stop{false};
  std::vector<std::thread> m_threads;
};

/// Work on the data of one bank. One thread gives the work and sees the results after finish().
class WorkLane {
 public:
  /// Without a pool, the caller executes the work at once.
  explicit WorkLane(WorkPool* pool) : m_pool(pool) {}
  ~WorkLane() { finish(); }
  WorkLane(const WorkLane&) = delete;
  WorkLane& operator=(const WorkLane&) = delete;

  template <typename Job>
  void add(Job&& job) {
    if (m_pool == nullptr) return job();
    m_pool->add(*this, std::forward<Job>(job));
  }
  /// Returns when all jobs of the lane have been executed.
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
