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

TEST(OwnProcess, ADeadChildIsKnown) {
  Answer answer;
  EXPECT_FALSE(runInOwnProcess<Answer>([]() -> Answer { ::_exit(0); }, answer));
}

}  // namespace
}  // namespace pim::sim
