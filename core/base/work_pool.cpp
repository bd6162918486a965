#include "core/base/work_pool.h"

#include <chrono>
#include <utility>

namespace pim {
namespace {

/// Work comes in bursts a fraction of a millisecond apart: going to sleep in between would cost more than it
/// saves.
constexpr std::chrono::microseconds kPatience{100};

template <typename Condition>
void waitAwakeFor(const Condition& condition) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (!condition() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
}

}  // namespace

WorkPool::WorkPool(unsigned threads) {
  for (unsigned i = 1; i < threads; ++i) m_threads.emplace_back([this] { serve(); });
}

WorkPool::~WorkPool() {
  {
    const Lock lock(m_mutex);
    m_stop = true;
  }
  m_readyChanged.notify_all();
  for (std::thread& thread : m_threads) thread.join();
}

void WorkPool::add(WorkLane& lane, std::function<void()> job) {
  {
    const Lock lock(m_mutex);
    lane.m_jobs.push_back(std::move(job));
    if (++lane.m_pending == 1) {
      m_ready.push_back(&lane);
      ++m_readyCount;
    }
  }
  m_readyChanged.notify_one();
}

void WorkPool::finish(WorkLane& lane) {
  const auto finished = [&lane] { return lane.m_pending.load(std::memory_order_acquire) == 0; };
  while (!finished()) {
    Lock lock(m_mutex);
    if (!m_ready.empty()) {
      runNext(lock);
      continue;
    }
    lock.unlock();  // others are at the rest
    waitAwakeFor([&] { return finished() || m_readyCount != 0; });
    lock.lock();
    m_jobDone.wait(lock, [&] { return finished() || !m_ready.empty(); });
  }
}

void WorkPool::runNext(Lock& lock) {
  WorkLane& lane = *m_ready.front();
  m_ready.pop_front();
  --m_readyCount;
  const std::function<void()> job = std::move(lane.m_jobs.front());
  lane.m_jobs.pop_front();
  lock.unlock();
  job();
  lock.lock();
  const bool more = !lane.m_jobs.empty();
  if (more) {
    m_ready.push_back(&lane);
    ++m_readyCount;
  }
  // The last look at the lane: whoever waits for it may destroy it.
  --lane.m_pending;
  m_jobDone.notify_one();
}

void WorkPool::serve() {
  while (!m_stop) {
    waitAwakeFor([this] { return m_readyCount != 0 || m_stop; });
    Lock lock(m_mutex);
    m_readyChanged.wait(lock, [this] { return !m_ready.empty() || m_stop; });
    while (!m_ready.empty()) runNext(lock);
  }
}

}  // namespace pim
