#include "core/base/work_pool.h"

#include <chrono>
#include <stdexcept>

#if defined(__x86_64__) || defined(__i386__)
#include <immintrin.h>
#endif

namespace pim {
namespace {

/// A thread that finds no work waits actively for this time before it sleeps. Work comes in bursts a fraction
/// of a millisecond apart, and a sleep in between would cost more than it saves.
constexpr std::chrono::microseconds kPatience{200};

void pause() {
#if defined(__x86_64__) || defined(__i386__)
  _mm_pause();
#else
  std::this_thread::yield();
#endif
}

template <typename Condition>
bool comesTrueSoon(const Condition& condition) {
  constexpr int kLooks = 64;  // polls between two reads of the clock
  const auto end = std::chrono::steady_clock::now() + kPatience;
  do {
    for (int i = 0; i < kLooks; ++i) {
      if (condition()) return true;
      pause();
    }
  } while (std::chrono::steady_clock::now() < end);
  return false;
}

}  // namespace

WorkPool::WorkPool(unsigned threads) {
  for (unsigned i = 1; i < threads; ++i) m_threads.emplace_back([this] { serve(); });
}

WorkPool::~WorkPool() {
  m_stop = true;
  wakeSleepers();
  for (std::thread& thread : m_threads) thread.join();
}

void WorkPool::ready(WorkLane& lane) {
  const std::uint64_t given = m_given.load(std::memory_order_relaxed);
  while (given - m_takenAtLeast >= kReady) {
    m_takenAtLeast = m_taken.load(std::memory_order_acquire);
    if (given - m_takenAtLeast >= kReady) runNext();
  }
  m_ring[given % kReady].store(&lane, std::memory_order_relaxed);
  m_given.store(given + 1);
  wakeSleepers();
}

bool WorkPool::runNext() {
  std::uint64_t taken = m_taken.load(std::memory_order_acquire);
  while (taken != m_given.load(std::memory_order_acquire)) {
    // If another lane has been stored in this place, `taken` has been taken and the exchange fails.
    WorkLane* const lane = m_ring[taken % kReady].load(std::memory_order_relaxed);
    if (!m_taken.compare_exchange_weak(taken, taken + 1, std::memory_order_acq_rel)) continue;
    lane->run();
    return true;
  }
  return false;
}

void WorkLane::run() {
  WorkPool& pool = *m_pool;
  for (bool more = true; more;) {
    (*m_jobs)[m_first++ % kJobs].run();
    // Do not access the lane after this: a thread that waits for it may destroy it.
    more = m_pending.fetch_sub(1) != 1;
  }
  pool.wakeSleepers();
}

void WorkPool::waitFor(const WorkLane& lane, std::size_t left) {
  const auto done = [&] { return lane.m_pending.load() <= left; };
  while (!done()) {
    if (runNext()) continue;
    const auto changed = [&] { return done() || !idle(); };  // other threads run the remaining jobs
    if (!comesTrueSoon(changed)) sleepUntil(changed);
  }
}

void WorkPool::serve() {
  const auto changed = [this] { return !idle() || m_stop; };
  while (!m_stop) {
    if (runNext() || comesTrueSoon(changed)) continue;
    sleepUntil(changed);
  }
}

template <typename Condition>
void WorkPool::sleepUntil(const Condition& condition) {
  std::unique_lock<std::mutex> lock(m_mutex);
  // A thread that changes the condition reads m_sleepers afterwards. All threads see both operations in one
  // order, so either that thread sees the sleeper, or the sleeper sees the change.
  ++m_sleepers;
  m_changed.wait(lock, condition);
  --m_sleepers;
}

void WorkPool::wakeSleepers() {
  if (m_sleepers == 0) return;
  {
    const std::lock_guard<std::mutex> lock(m_mutex);
  }  // after this, each counted sleeper waits or has checked again
  m_changed.notify_all();
}

}  // namespace pim
