// What is left of a file of answers when its writer dies.
#include "sim/sweep/journal.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "core/base/error.h"
#include "tests/support/temporary_folder.h"

namespace pim::sim {
namespace {

class JournalTest : public ::testing::Test {
 protected:
  void writeThree() const {
    Journal journal(m_path);
    for (std::uint64_t i = 0; i < 3; ++i) journal.append(10 * i, "answer " + std::to_string(i));
    journal.sync();
  }

  const test::TemporaryFolder m_folder;
  const std::string m_path = m_folder.path("journal");
};

TEST_F(JournalTest, GivesBackWhatWasWritten) {
  writeThree();
  const Journal journal(m_path);
  EXPECT_EQ(journal.numbers(), (std::vector<std::uint64_t>{0, 10, 20}));
  EXPECT_EQ(journal.text(0), "answer 0");
  EXPECT_EQ(journal.text(2), "answer 2");
}

TEST_F(JournalTest, CutAnywhereItKeepsTheWholeLinesAndGoesOn) {
  writeThree();
  const std::string whole = m_folder.read("journal");
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    m_folder.write("journal", whole.substr(0, length));
    const auto lines = std::count(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length), '\n');
    {
      Journal journal(m_path);
      ASSERT_EQ(static_cast<std::ptrdiff_t>(journal.numbers().size()), lines) << "at " << length;
      journal.append(99, "more");
    }
    const Journal again(m_path);
    ASSERT_EQ(again.numbers().back(), 99u);
    ASSERT_EQ(again.text(static_cast<std::size_t>(lines)), "more");
  }
}

TEST_F(JournalTest, AnyChangedByteIsNoticed) {
  writeThree();
  const std::string whole = m_folder.read("journal");
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = damaged[at] == '1' ? '2' : '1';
    m_folder.write("journal", damaged);
    if (at + 1 == whole.size()) {
      EXPECT_EQ(Journal(m_path).numbers().size(), 2u);  // no end of line: torn
    } else {
      EXPECT_THROW(Journal{m_path}, UserError) << "at " << at;
    }
  }
}

TEST_F(JournalTest, HasOneWriterAtATime) {
  const Journal journal(m_path);
  EXPECT_THROW(Journal{m_path}, UserError);
}

}  // namespace
}  // namespace pim::sim
