// Work in child processes, and what becomes of those that die.
#include "sim/sweep/fork_pool.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <stdexcept>

#include "tests/support/temporary_folder.h"

namespace pim::sim {
namespace {

std::map<std::size_t, ChildAnswer> run(unsigned jobs, std::size_t pieces, const ForkPool::Work& work) {
  std::map<std::size_t, ChildAnswer> answers;
  std::size_t at = 0;
  ForkPool(jobs).run([&]() { return at < pieces ? std::optional(at++) : std::nullopt; }, work,
                     [&](std::size_t piece, ChildAnswer&& answer) {
                       EXPECT_TRUE(answers.emplace(piece, std::move(answer)).second);
                     });
  return answers;
}

TEST(ForkPool, BringsEveryAnswerHome) {
  for (const unsigned jobs : {1u, 2u, 7u}) {
    const auto answers = run(jobs, 20, [](std::size_t i) { return std::string(i * 10000, 'x'); });
    ASSERT_EQ(answers.size(), 20u);
    for (const auto& [piece, answer] : answers) {
      EXPECT_EQ(answer.death, "");
      EXPECT_EQ(answer.text.size(), piece * 10000);
    }
  }
}

TEST(ForkPool, AChildThatDiesIsTriedAgainThenNamed) {
  const test::TemporaryFolder folder;
  const auto answers = run(2, 4, [&](std::size_t i) -> std::string {
    if (i == 1 || (i == 2 && std::filesystem::create_directory(folder.path("seen")))) ::raise(SIGKILL);
    if (i == 3) throw std::runtime_error("no answer");
    return "fine";
  });
  EXPECT_EQ(answers.at(0).text, "fine");
  EXPECT_EQ(answers.at(1).death, "ended by signal 9");
  EXPECT_EQ(answers.at(2).text, "fine");
  EXPECT_EQ(answers.at(2).death, "");
  EXPECT_EQ(answers.at(3).death, "ended with status 1 and no answer");
}

TEST(ForkPool, WhatTheReceiverThrowsEndsTheChildren) {
  const test::TemporaryFolder folder;
  std::size_t at = 0;
  EXPECT_THROW(ForkPool(3).run([&]() { return at < 3 ? std::optional(at++) : std::nullopt; },
                               [&](std::size_t i) {
                                 if (i != 0) {
                                   ::sleep(1);
                                   folder.write(std::to_string(i), std::string("lived"));
                                 }
                                 return std::string();
                               },
                               [](std::size_t, ChildAnswer&&) { throw std::runtime_error("full"); }),
               std::runtime_error);
  ::usleep(1200000);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace pim::sim
