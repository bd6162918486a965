#include "tlm/trace/wave_queue.h"

#include <gtest/gtest.h>

namespace pim {
namespace {

TEST(WaveQueue, HandsChangesOutInTheOrderOfTimeWhateverTheOrderTheyCame) {
  WaveQueue queue;
  const std::uint32_t a = queue.addSignal();
  const std::uint32_t b = queue.addSignal();
  queue.change(a, 300, 3);  // ahead
  queue.change(b, 100, 1);
  queue.change(a, 200, 2);  // behind
  const WaveStretch stretch = queue.stretch(50, 400);
  ASSERT_EQ(stretch.changes.size(), 3u);
  EXPECT_EQ(stretch.changes[0].signal, b);
  EXPECT_EQ(stretch.changes[1].value, 2u);
  EXPECT_EQ(stretch.changes[2].value, 3u);
}

TEST(WaveQueue, OfTwoChangesAtOneTimeTheLaterToldComesLast) {
  WaveQueue queue;
  const std::uint32_t a = queue.addSignal();
  queue.change(a, 100, 0);
  queue.change(a, 100, 7);
  EXPECT_EQ(queue.stretch(0, 100).changes.back().value, 7u);
  EXPECT_EQ(queue.stretch(100, 200).initial[a], 7u);
}

TEST(WaveQueue, StartsAStretchWithTheValuesThatHoldThen) {
  WaveQueue queue;
  const std::uint32_t a = queue.addSignal(9);
  const std::uint32_t b = queue.addSignal(8);
  queue.change(a, 40, 4);
  queue.change(a, 20, 2);
  queue.change(a, 60, 6);
  const WaveStretch stretch = queue.stretch(50, 60);
  EXPECT_EQ(stretch.initial[a], 4u);
  EXPECT_EQ(stretch.initial[b], 8u);
  ASSERT_EQ(stretch.changes.size(), 1u) << "the end belongs to it";
}

TEST(WaveQueue, ForgetsWhatIsOverButNotTheValuesItLeft) {
  WaveQueue queue, all;
  const std::uint32_t a = queue.addSignal();
  const std::uint32_t b = queue.addSignal(5);
  all.addSignal();
  all.addSignal(5);
  for (Picoseconds t = 0; t < 20'000; ++t) {
    // Every third is told late.
    for (WaveQueue* q : {&queue, &all})
      q->change(t % 3 == 0 ? a : b, t % 3 == 0 ? t - 50 : t + 50, static_cast<std::uint64_t>(t % 251));
    queue.forget(t - 100);
  }
  EXPECT_LT(queue.size(), 10'000u);
  const WaveStretch kept = queue.stretch(19'950, 20'050);
  const WaveStretch whole = all.stretch(19'950, 20'050);
  EXPECT_EQ(kept.initial, whole.initial);
  ASSERT_EQ(kept.changes.size(), whole.changes.size());
  for (std::size_t i = 0; i < kept.changes.size(); ++i) {
    EXPECT_EQ(kept.changes[i].time, whole.changes[i].time);
    EXPECT_EQ(kept.changes[i].value, whole.changes[i].value);
  }
}

TEST(WaveQueue, TakesNothingBeyondItsEnd) {
  WaveQueue queue;
  const std::uint32_t a = queue.addSignal();
  queue.endAt(100);
  queue.change(a, 100, 1);
  queue.change(a, 101, 2);
  EXPECT_EQ(queue.size(), 1u);
}

}  // namespace
}  // namespace pim
