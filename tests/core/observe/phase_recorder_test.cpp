#include "core/observe/phase_recorder.h"

#include <gtest/gtest.h>

#include "abi/pim_abi.h"

namespace pim {
namespace {

class Recorder : public ::testing::Test {
 protected:
  Statistics m_statistics;
  CriticalPath m_path;
  PhaseRecorder m_phases{m_statistics, m_path};

  /// A command that the core sleeps for.
  void work(Picoseconds from, Picoseconds to) {
    CommandRecord record;
    record.sequence = ++m_sequence;
    record.posted = record.released = record.ready = record.start = from;
    record.left = record.done = to;
    record.component = Component::BankWeights;
    m_path.record(record);
    m_phases.sleep(from, to);
    ++m_statistics.counters.commands;
  }
  std::uint32_t m_sequence = 0;
};

TEST_F(Recorder, CutsAtEachMark) {
  m_phases.mark(PIM_MARK_PREFILL, 0, 100);
  m_phases.mark(PIM_MARK_DECODE, 1, 250);
  m_phases.mark(PIM_MARK_DECODE, 2, 300);
  m_phases.mark(PIM_MARK_END, 0, 360);
  ASSERT_EQ(m_phases.phases().size(), 3u);
  EXPECT_EQ(m_phases.phases()[0].kind, std::uint32_t{PIM_MARK_PREFILL});
  EXPECT_EQ(m_phases.phases()[0].duration(), 150);
  EXPECT_EQ(m_phases.phases()[1].index, 1u);
  EXPECT_EQ(m_phases.phases()[1].duration(), 50);
  EXPECT_EQ(m_phases.phases()[2].end, 360);
}

TEST_F(Recorder, CountsOnlyWhatHappenedWithin) {
  work(0, 10);
  m_phases.mark(PIM_MARK_PREFILL, 0, 10);
  work(10, 40);
  work(40, 50);
  m_phases.mark(PIM_MARK_DECODE, 0, 50);
  work(50, 55);
  m_phases.mark(PIM_MARK_END, 0, 55);
  work(55, 99);
  const std::size_t bank = static_cast<std::size_t>(Component::BankWeights);
  EXPECT_EQ(m_phases.phases()[0].counters.commands, 2u);
  EXPECT_EQ(m_phases.phases()[0].critical[bank], 40);
  EXPECT_EQ(m_phases.phases()[1].counters.commands, 1u);
  EXPECT_EQ(m_phases.phases()[1].critical[bank], 5);
}

TEST_F(Recorder, CountsTheCoreAsBusyBetweenItsSleeps) {
  m_phases.mark(PIM_MARK_DECODE, 0, 10);
  work(14, 40);
  work(43, 50);
  m_phases.mark(PIM_MARK_DECODE, 1, 52);
  work(53, 60);
  m_phases.mark(PIM_MARK_END, 0, 60);
  const std::size_t firmware = static_cast<std::size_t>(Component::Firmware);
  for (const Phase& phase : m_phases.phases()) {
    EXPECT_EQ(phase.counters.busy[firmware], phase.index == 0 ? 4 + 3 + 2 : 1);
    EXPECT_EQ(phase.critical[firmware], phase.counters.busy[firmware]);
  }
}

}  // namespace
}  // namespace pim
