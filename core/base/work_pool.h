#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <new>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace pim {

class WorkLane;

constexpr std::size_t kCacheLine = 64;

/// Threads that compute data while simulated time proceeds. Work is given to lanes. Jobs
/// of one lane run in order, one at a time; jobs of different lanes run in any order.
///
/// One thread gives all the work and makes and destroys the lanes. A job takes some microseconds, so
/// neither giving nor taking one locks or allocates: lanes with jobs stand in a ring, and threads that find
/// it empty stay awake for a while before they sleep.
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

  static constexpr std::size_t kReady = 4096;  ///< lanes that may stand in the ring

  /// Appends a lane that has received its first work to the ring.
  void ready(WorkLane& lane);
  /// Returns when at most `left` jobs of the lane are not complete; executes jobs meanwhile.
  void waitFor(const WorkLane& lane, std::size_t left);
  /// Executes the work of the lane that has waited longest; returns false if there is none.
  bool runNext();
  bool idle() const { return m_taken.load() == m_given.load(); }
  void serve();
  template <typename Condition>
  void sleepUntil(const Condition& condition);
  void wakeSleepers();

  // What one thread writes and another reads often has a cache line of its own.
  std::array<std::atomic<WorkLane*>, kReady> m_ring{};
  alignas(kCacheLine) std::atomic<std::uint64_t> m_given{
      0};                            // lanes that were put into the ring since the start
  std::uint64_t m_takenAtLeast = 0;  // m_taken, when the giving thread looked last
  alignas(kCacheLine) std::atomic<std::uint64_t> m_taken{0};  // lanes that were taken out
  alignas(kCacheLine) std::atomic<unsigned> m_sleepers{0};
  std::atomic<bool> m_stop{false};
  std::mutex m_mutex;  // for sleeping threads
  std::condition_variable m_changed;
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

  /// Adds a job to the lane; waits if kJobs are not complete.
  template <typename Work>
  void add(Work&& work) {
    if (m_pool == nullptr) return work();
    if (m_jobs == nullptr) m_jobs = std::make_unique<std::array<Job, kJobs>>();
    if (m_pending.load(std::memory_order_acquire) == kJobs) m_pool->waitFor(*this, kJobs - 1);
    (*m_jobs)[m_next++ % kJobs].emplace(std::forward<Work>(work));
    // Another thread read the next place last. Other lanes get jobs before this one does: until then the
    // place is here.
    (*m_jobs)[m_next % kJobs].prefetch();
    if (m_pending.fetch_add(1, std::memory_order_acq_rel) == 0) m_pool->ready(*this);
  }
  /// Returns when all jobs of the lane have been executed.
  void finish() {
    if (m_pending.load(std::memory_order_acquire) != 0) m_pool->waitFor(*this, 0);
  }

 private:
  friend class WorkPool;

  static constexpr std::size_t kJobs = 8;

  /// A function object, stored in place.
  class Job {
   public:
    template <typename Work>
    void emplace(Work&& work) {
      using Kept = std::decay_t<Work>;
      static_assert(sizeof(Kept) <= sizeof m_place && alignof(Kept) <= alignof(std::max_align_t),
                    "a piece of work has room in its place");
      ::new (static_cast<void*>(m_place)) Kept(std::forward<Work>(work));
      m_run = [](void* place) {
        Kept& kept = *std::launder(static_cast<Kept*>(place));
        kept();
        kept.~Kept();
      };
    }
    void run() { m_run(m_place); }
    /// Announces that a job will be stored here.
    void prefetch() {
      for (std::byte* line = m_place; line < m_place + sizeof *this; line += kCacheLine)
        __builtin_prefetch(line, 1);
    }

   private:
    alignas(kCacheLine) std::byte m_place[176];
    void (*m_run)(void*) = nullptr;
  };

  /// Executes all jobs. Called by one thread at a time.
  void run();

  WorkPool* m_pool;
  std::unique_ptr<std::array<Job, kJobs>> m_jobs;
  std::size_t m_next = 0;                 // job that is given next
  std::size_t m_first = 0;                // job that is done next
  std::atomic<std::size_t> m_pending{0};  // jobs that are not done
};

}  // namespace pim
