#include "core/observe/critical_path.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

namespace pim {
namespace {

CommandRecord command(Picoseconds posted, Picoseconds ready, Picoseconds start, Picoseconds done,
                      Component component) {
  CommandRecord record;
  record.posted = posted;
  record.ready = ready;
  record.start = start;
  record.done = done;
  record.component = component;
  return record;
}

class Path : public ::testing::Test {
 protected:
  Picoseconds share(Component component) const {
    return m_path.shares()[static_cast<std::size_t>(component)];
  }
  Picoseconds sum() const {
    return std::accumulate(m_path.shares().begin(), m_path.shares().end(), Picoseconds{0});
  }

  CriticalPath m_path;
};

TEST_F(Path, OfOneCommandIsItsOwnTimeAndTheWaitForTheFirmware) {
  m_path.record(command(10, 10, 10, 30, Component::BankWeights));
  EXPECT_EQ(share(Component::Firmware), 10);
  EXPECT_EQ(share(Component::BankWeights), 20);
  EXPECT_EQ(m_path.end(), 30);
}

TEST_F(Path, OfAChainGivesEachItsShare) {
  m_path.record(command(0, 0, 0, 20, Component::LinkWeights));
  m_path.record(command(0, 20, 20, 70, Component::BankWeights));
  m_path.record(command(0, 70, 70, 75, Component::ControllerWeights));
  EXPECT_EQ(share(Component::LinkWeights), 20);
  EXPECT_EQ(share(Component::BankWeights), 50);
  EXPECT_EQ(share(Component::ControllerWeights), 5);
  EXPECT_EQ(share(Component::Firmware), 0);
}

TEST_F(Path, LeavesOutWhatRanInTheShadowOfSomethingLonger) {
  m_path.record(command(0, 0, 0, 100, Component::BankWeights));
  m_path.record(command(0, 0, 0, 40, Component::LinkKv));
  m_path.record(command(0, 100, 100, 110, Component::LinkWeights));
  EXPECT_EQ(share(Component::LinkKv), 0);
  EXPECT_EQ(share(Component::BankWeights), 100);
  EXPECT_EQ(share(Component::LinkWeights), 10);
}

TEST_F(Path, RunsThroughTheCommandThatHeldTheUnit) {
  m_path.record(command(0, 0, 0, 50, Component::BankKv));
  m_path.record(command(0, 0, 50, 80, Component::BankWeights));  // ready at 0, the bank free at 50
  EXPECT_EQ(share(Component::BankKv), 50);
  EXPECT_EQ(share(Component::BankWeights), 30);
}

TEST_F(Path, CountsTheFixedCostOfAnExchangeAsLatency) {
  CommandRecord send = command(0, 0, 40, 60, Component::LinkWeights);
  send.latency = 40;
  m_path.record(send);
  EXPECT_EQ(share(Component::Latency), 40);
  EXPECT_EQ(share(Component::LinkWeights), 20);
}

TEST_F(Path, EndsWithTheCommandDoneLast) {
  m_path.record(command(0, 0, 0, 100, Component::BankWeights));
  m_path.record(command(0, 0, 0, 30, Component::LinkWeights));
  EXPECT_EQ(m_path.end(), 100);
  EXPECT_EQ(share(Component::BankWeights), 100);
  EXPECT_EQ(share(Component::LinkWeights), 0);
}

TEST_F(Path, SharesSumToTheEndWhateverRan) {
  std::mt19937 random(7);
  std::vector<Picoseconds> done{0};
  Picoseconds posted = 0;
  for (int i = 0; i < 5000; ++i) {
    posted += random() % 8;
    const std::size_t window = std::min<std::size_t>(done.size(), 64);
    CommandRecord record;
    record.posted = posted;
    record.ready = std::max(posted, done[done.size() - 1 - random() % window]);
    record.latency = random() % 3 == 0 ? 7 : 0;
    record.start = record.ready + record.latency;
    if (random() % 2 == 0) record.start = std::max(record.start, done[done.size() - 1 - random() % window]);
    record.done = record.start + static_cast<Picoseconds>(random() % 40);
    record.component = static_cast<Component>(random() % kComponents);
    done.push_back(record.done);
    m_path.record(record);
    ASSERT_EQ(sum(), m_path.end()) << "command " << i;
    for (const Picoseconds part : m_path.shares()) ASSERT_GE(part, 0) << "command " << i;
  }
  EXPECT_EQ(m_path.end(), *std::max_element(done.begin(), done.end()));
}

}  // namespace
}  // namespace pim
