#include "tlm/trace/wave_span.h"

#include <gtest/gtest.h>

namespace pim {
namespace {

using At = WaveWindow::At;

WaveWindow windowAt(At at, std::int64_t token = WaveWindow::kAll, std::int64_t layer = WaveWindow::kAll) {
  WaveWindow window;
  window.at = at;
  window.token = token;
  window.layer = layer;
  return window;
}

void command(WaveSpan& span, std::uint8_t step, std::uint8_t layer, Picoseconds start, Picoseconds done) {
  pim_command c{};
  c.opcode = PIM_OP_MAC;
  c.step = step;
  c.layer = layer;
  CommandRecord record;
  record.start = start;
  record.done = done;
  span.command(c, record);
}

TEST(WaveSpan, OfATokenReachesFromItsMarkToTheNext) {
  WaveSpan span(windowAt(At::Decode, 1));
  span.mark(PIM_MARK_PREFILL, 0, 10);
  span.mark(PIM_MARK_DECODE, 0, 20);
  EXPECT_FALSE(span.came());
  EXPECT_EQ(span.keepFrom(25), 25) << "what was before can be forgotten";
  span.mark(PIM_MARK_DECODE, 1, 30);
  EXPECT_TRUE(span.touches(31, 32));
  EXPECT_EQ(span.keepFrom(35), 30);
  span.mark(PIM_MARK_DECODE, 2, 40);
  EXPECT_TRUE(span.sealed());
  span.mark(PIM_MARK_END, 0, 50);
  span.finish(60);
  EXPECT_TRUE(span.came());
  EXPECT_EQ(span.from(), 30);
  EXPECT_EQ(span.to(), 40);
}

TEST(WaveSpan, IsTouchedByWhatReachesIntoIt) {
  WaveSpan span(windowAt(At::Decode, 1));
  span.mark(PIM_MARK_DECODE, 0, 20);
  EXPECT_FALSE(span.touches(21, 22)) << "another token";
  span.mark(PIM_MARK_DECODE, 1, 30);
  EXPECT_TRUE(span.touches(25, 30));
  EXPECT_FALSE(span.touches(25, 29));
  span.mark(PIM_MARK_DECODE, 2, 40);
  EXPECT_TRUE(span.touches(40, 50)) << "how a bank idled since then";
  EXPECT_FALSE(span.touches(41, 50));
}

TEST(WaveSpan, OfTimeIsTouchedFromTheStartByWhatLiesInIt) {
  WaveWindow window = windowAt(At::Time);
  window.from = 1000;
  window.to = 2000;
  WaveSpan span(window);
  EXPECT_FALSE(span.touches(0, 999));
  EXPECT_TRUE(span.touches(0, 5000)) << "an idle bank's next access, though it begins later";
  EXPECT_TRUE(span.touches(2000, 2500));
  EXPECT_FALSE(span.touches(2001, 2500));
  span.doorbell(500);
  EXPECT_FALSE(span.came());
  span.doorbell(1500);
  EXPECT_TRUE(span.came());
  EXPECT_FALSE(span.sealed());
  span.doorbell(2001);
  EXPECT_TRUE(span.sealed());
  span.finish(9000);
  EXPECT_EQ(span.from(), 1000);
  EXPECT_EQ(span.to(), 2000);
}

TEST(WaveSpan, OfTimeCanBeCut) {
  WaveWindow window = windowAt(At::Time);
  window.from = 1000;
  window.to = 2000;
  WaveSpan span(window);
  span.doorbell(1200);
  span.cut(1200);
  EXPECT_TRUE(span.wasCut());
  EXPECT_EQ(span.to(), 1200);
}

TEST(WaveSpan, OfAllTokensEndsWithTheJob) {
  WaveSpan span(windowAt(At::Decode));
  span.mark(PIM_MARK_DECODE, 0, 20);
  span.mark(PIM_MARK_DECODE, 1, 30);
  span.mark(PIM_MARK_END, 0, 50);
  span.finish(60);
  EXPECT_EQ(span.from(), 20);
  EXPECT_EQ(span.to(), 50);
}

TEST(WaveSpan, OfALayerReachesFromItsFirstStartToItsLastEnd) {
  WaveSpan span(windowAt(At::Decode, 0, 3));
  command(span, PIM_STEP_QKV, 3, 1, 2);  // of the prompt
  span.mark(PIM_MARK_DECODE, 0, 100);
  command(span, PIM_STEP_DOWN, 2, 100, 130);
  EXPECT_FALSE(span.came());
  command(span, PIM_STEP_QKV, 3, 125, 160);
  command(span, PIM_STEP_ATTENTION, 3, 120, 200);
  command(span, PIM_STEP_DOWN, 3, 210, 220);
  command(span, PIM_STEP_QKV, 4, 215, 300);
  command(span, PIM_STEP_HEAD, 3, 300, 400);
  span.mark(PIM_MARK_END, 0, 500);
  span.finish(600);
  EXPECT_EQ(span.from(), 120);
  EXPECT_EQ(span.to(), 220);
}

TEST(WaveSpan, OfAPrefillsLayerIsItsFirstPass) {
  WaveSpan span(windowAt(At::Prefill, WaveWindow::kAll, 0));
  span.mark(PIM_MARK_PREFILL, 0, 0);
  command(span, PIM_STEP_EMBED, 0, 0, 5);
  command(span, PIM_STEP_QKV, 0, 5, 10);
  command(span, PIM_STEP_QKV, 1, 10, 20);
  command(span, PIM_STEP_EMBED, 0, 20, 25);  // the next tiles
  command(span, PIM_STEP_QKV, 0, 25, 30);
  span.finish(40);
  EXPECT_EQ(span.to(), 10);
}

TEST(WaveSpan, OfAMismatchKeepsWhatLedToTheFirst) {
  WaveWindow window = windowAt(At::FirstMismatch);
  window.before = 100;
  window.after = 20;
  WaveSpan span(window);
  EXPECT_EQ(span.keepFrom(1000), 900);
  span.mismatch(1500);
  span.mismatch(2500);
  span.finish(3000);
  EXPECT_EQ(span.from(), 1400);
  EXPECT_EQ(span.to(), 1520);
}

TEST(WaveSpan, MayNeverCome) {
  WaveWindow late = windowAt(At::Time);
  late.from = 1000;
  late.to = 2000;
  for (const WaveWindow& window : {windowAt(At::Decode, 7), windowAt(At::Decode, 0, 9), windowAt(At::Prefill),
                                   windowAt(At::FirstMismatch), late}) {
    WaveSpan span(window);
    span.mark(PIM_MARK_DECODE, 0, 10);
    command(span, PIM_STEP_QKV, 0, 20, 30);
    span.mark(PIM_MARK_END, 0, 40);
    span.finish(50);
    EXPECT_FALSE(span.came()) << window.name();
  }
}

TEST(WaveSpan, CanBeCut) {
  WaveSpan span(windowAt(At::Run));
  span.cut(70);
  span.finish(100);
  EXPECT_TRUE(span.wasCut());
  EXPECT_EQ(span.to(), 70);
}

}  // namespace
}  // namespace pim
