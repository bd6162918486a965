#include "core/observe/counter_table.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "core/base/word_sums.h"

namespace pim::test {
namespace {

using Sums = WordSums<Counters>;

/// The rows that change when one number of the counters does.
std::set<std::string> rowsThatShow(std::size_t word) {
  Sums::Words words{};
  words.fill(1'000'000);
  const Counters before = Sums::from(words);
  words[word] += 1000;
  const Counters after = Sums::from(words);
  std::set<std::string> rows;
  for (const CounterInfo& counter : counterTable()) {
    if (counter.sum(before) != counter.sum(after)) rows.insert(counter.path);
  }
  return rows;
}

TEST(CounterTable, ShowsEveryNumberThatIsCounted) {
  for (std::size_t word = 0; word < Sums::kWords; ++word)
    EXPECT_FALSE(rowsThatShow(word).empty()) << "64-bit number " << word << " of Counters is in no row";
}

TEST(CounterTable, NamesEachRowOnceWithUnitAndDescription) {
  std::set<std::string> paths;
  for (const CounterInfo& counter : counterTable()) {
    EXPECT_TRUE(paths.insert(counter.path).second) << counter.path;
    EXPECT_TRUE((std::set<std::string>{"1", "B", "s"}.count(counter.unit) == 1)) << counter.path;
    EXPECT_GT(counter.what.size(), 10u) << counter.path;
  }
}

TEST(CounterTable, GivesTimesInSecondsAndSharesPerToken) {
  Counters counters;
  counters.bankBusy = 3'000'000;
  counters.commands = 12;
  for (const CounterInfo& counter : counterTable()) {
    if (counter.path == "work.bank_busy") {
      EXPECT_DOUBLE_EQ(counter.per(2, counters), 1.5e-6);
    }
    if (counter.path == "traffic.commands") {
      EXPECT_DOUBLE_EQ(counter.per(8, counters), 1.5);
    }
  }
}

TEST(CounterTable, IsWhatThePageSays) {
  std::ifstream file(PIMTLM_SOURCE_DIR "/docs/counters.md");
  std::stringstream page;
  page << file.rdbuf();
  EXPECT_EQ(page.str(), countersMarkdown()) << "run scripts/update_docs.sh";
}

TEST(WordSums, AddAndSubtractSignedAndUnsigned) {
  Counters a, b;
  a.bankBusy = 5;
  b.bankBusy = 7;
  b.commands = 3;
  b.dram.refreshes = 4;
  b.core.asleep = 9;
  const Counters difference = a - b;
  EXPECT_EQ(difference.bankBusy, -2);
  EXPECT_EQ((difference + b), a);
  EXPECT_EQ((a + b).core.asleep, 9);
  EXPECT_FALSE(a == b);
}

}  // namespace
}  // namespace pim::test
