#include "core/base/work_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <list>
#include <thread>
#include <vector>

namespace pim {
namespace {

TEST(WorkLane, DoesWorkWhereItIsGivenWithoutAPool) {
  WorkLane lane(nullptr);
  const auto here = std::this_thread::get_id();
  auto there = std::thread::id();
  lane.add([&] { there = std::this_thread::get_id(); });
  EXPECT_EQ(there, here);
}

class WorkPoolOf : public testing::TestWithParam<unsigned> {
 protected:
  WorkPool m_pool{GetParam()};
};

TEST_P(WorkPoolOf, DoesTheWorkOfALaneInOrder) {
  constexpr int kJobs = 200;
  std::vector<std::vector<int>> done(16);
  std::list<WorkLane> lanes;
  for (std::size_t i = 0; i < done.size(); ++i) lanes.emplace_back(&m_pool);
  for (int job = 0; job < kJobs; ++job) {
    std::size_t i = 0;
    for (WorkLane& lane : lanes) lane.add([&list = done[i++], job] { list.push_back(job); });
  }
  for (WorkLane& lane : lanes) lane.finish();
  for (const std::vector<int>& list : done) {
    ASSERT_EQ(list.size(), std::size_t{kJobs});
    for (int job = 0; job < kJobs; ++job) ASSERT_EQ(list[static_cast<std::size_t>(job)], job);
  }
}

TEST_P(WorkPoolOf, HasDoneAllOfALaneWhenItIsFinished) {
  // Bursts and waits by turns, as a chip has them.
  std::vector<int> values(2);
  WorkLane first(&m_pool), second(&m_pool);
  for (int round = 1; round <= 500; ++round) {
    first.add([&] { ++values[0]; });
    second.add([&] { ++values[1]; });
    first.finish();
    ASSERT_EQ(values[0], round);
    if (round % 7 == 0) {
      second.finish();
      ASSERT_EQ(values[1], round);
    }
  }
}

TEST_P(WorkPoolOf, FinishesALaneThatGoesAway) {
  for (int round = 0; round < 200; ++round) {
    int count = 0;
    {
      WorkLane lane(&m_pool);
      for (int job = 0; job < 3; ++job) lane.add([&] { ++count; });
    }
    ASSERT_EQ(count, 3);
  }
}

INSTANTIATE_TEST_SUITE_P(Threads, WorkPoolOf, testing::Values(1u, 2u, 4u));

TEST(WorkPool, GoesOnWhileTheOneWhoGaveTheWorkDoesNot) {
  WorkPool pool(2);
  WorkLane lane(&pool);
  std::atomic<bool> done{false};
  lane.add([&] { done = true; });
  while (!done) std::this_thread::yield();  // hangs if only finish() did the work
}

TEST(WorkPool, WakesThoseWhoSleep) {
  WorkPool pool(3);
  WorkLane lane(&pool);
  for (int round = 0; round < 20; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));  // longer than they stay awake
    std::atomic<bool> done{false};
    lane.add([&] { done = true; });
    while (!done) std::this_thread::yield();
    lane.finish();  // the job's last look at `done` is over
  }
}

}  // namespace
}  // namespace pim
