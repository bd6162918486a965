#include "sim/run/own_process.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <stdexcept>

namespace pim::sim {
namespace {

struct Answer {
  int process = 0;
  int value = 0;
};

TEST(OwnProcess, BringsTheResultHome) {
  Answer answer;
  EXPECT_TRUE(runInOwnProcess<Answer>([] { return Answer{::getpid(), 42}; }, answer));
  EXPECT_EQ(answer.value, 42);
  EXPECT_NE(answer.process, ::getpid());
}

TEST(OwnProcess, AFailureIsKnownAndLeavesTheResultAlone) {
  Answer answer{1, 2};
  EXPECT_FALSE(
      runInOwnProcess<Answer>([]() -> Answer { throw std::runtime_error("as the test wants it"); }, answer));
  EXPECT_EQ(answer.value, 2);
}

TEST(OwnProcesses, BringTheirResultsHomeInOrder) {
  std::vector<Answer> answers;
  int steps = 0;
  runInOwnProcesses<Answer>(
      7, 3,
      [](std::size_t i) {
        return Answer{::getpid(), static_cast<int>(i) + 1};
      },
      answers, [&] { ++steps; });
  ASSERT_EQ(answers.size(), 7u);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    EXPECT_EQ(answers[i].value, static_cast<int>(i) + 1);
    EXPECT_NE(answers[i].process, i == 0 ? 0 : answers[i - 1].process);
  }
  EXPECT_EQ(steps, 7);
}

TEST(OwnProcesses, KeepTheOthersResultsWhereOneFails) {
  std::vector<Answer> answers;
  runInOwnProcesses<Answer>(
      3, 2,
      [](std::size_t i) {
        if (i == 1) throw std::runtime_error("as the test wants it");
        return Answer{1, 5};
      },
      answers);
  EXPECT_EQ(answers[0].value, 5);
  EXPECT_EQ(answers[1].value, 0);
  EXPECT_EQ(answers[2].value, 5);
}

TEST(OwnProcess, ADeadChildIsKnown) {
  Answer answer;
  EXPECT_FALSE(runInOwnProcess<Answer>([]() -> Answer { ::_exit(0); }, answer));
}

}  // namespace
}  // namespace pim::sim
