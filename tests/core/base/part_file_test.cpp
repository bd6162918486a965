#include "core/base/part_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "core/base/error.h"
#include "tests/support/temporary_folder.h"

namespace pim {
namespace {

namespace fs = std::filesystem;

class PartFileTest : public ::testing::Test {
 protected:
  std::size_t files() const {
    std::size_t count = 0;
    for (const auto& entry : fs::directory_iterator(m_folder.path())) count += entry.exists() ? 1 : 0;
    return count;
  }
  static std::string errorOf(const std::string& path) {
    try {
      writeWhole("--json", path, "text");
    } catch (const UserError& error) {
      return error.what();
    }
    return "";
  }

  test::TemporaryFolder m_folder;
};

TEST_F(PartFileTest, AppearsWhenItIsWhole) {
  const std::string path = m_folder.write("f", std::string("old"));
  {
    PartFile file("--json", path);
    file.write("new");
    EXPECT_EQ(m_folder.read("f"), "old");
    EXPECT_EQ(files(), 2u);
    file.commit();
  }
  EXPECT_EQ(m_folder.read("f"), "new");
  EXPECT_EQ(files(), 1u);
}

TEST_F(PartFileTest, IsGoneWhereItIsNotCommitted) {
  { PartFile("--json", m_folder.path("f")).write(std::string(1 << 20, 'x')); }
  EXPECT_EQ(files(), 0u);
}

TEST_F(PartFileTest, KeepsThePermissionsOfWhatItReplaces) {
  const std::string path = m_folder.write("f", std::string("old"));
  ASSERT_EQ(chmod(path.c_str(), 0640), 0);
  writeWhole("", path, "new");
  struct stat status {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0640u);
}

TEST_F(PartFileTest, FollowsLinksAlsoToNothingAndOverFolders) {
  fs::create_directory(m_folder.path("d"));
  m_folder.write("d/real", std::string("old"));
  fs::create_symlink("d/real", m_folder.path("a"));
  fs::create_symlink("a", m_folder.path("b"));
  fs::create_symlink("d/none", m_folder.path("c"));
  writeWhole("", m_folder.path("b"), "new");
  writeWhole("", m_folder.path("c"), "made");
  EXPECT_TRUE(fs::is_symlink(m_folder.path("a")) && fs::is_symlink(m_folder.path("b")));
  EXPECT_EQ(m_folder.read("d/real"), "new");
  EXPECT_EQ(m_folder.read("d/none"), "made");
}

TEST_F(PartFileTest, RefusesFoldersCirclesAndAbsentFolders) {
  fs::create_symlink("x", m_folder.path("y"));
  fs::create_symlink("y", m_folder.path("x"));
  EXPECT_EQ(errorOf(m_folder.path()),
            "--json " + m_folder.path() + ": expected a place that can be written to: Is a directory");
  EXPECT_NE(errorOf(m_folder.path("x")), "");
  EXPECT_NE(errorOf(m_folder.path("no/f")), "");
}

TEST_F(PartFileTest, TwoDoNotGoToOnePlace) {
  const std::string path = m_folder.path("f");
  {
    fs::create_symlink("f", m_folder.path("link"));
    PartFile one("--json", path);
    EXPECT_NE(errorOf(m_folder.path("link")).find("expected a file of its own"), std::string::npos);
    one.write("one");
    one.commit();
  }
  EXPECT_EQ(m_folder.read("f"), "one");
  EXPECT_EQ(errorOf(path), "") << "the first one has gone";
}

TEST_F(PartFileTest, WritesIntoPipes) {
  const std::string path = m_folder.path("pipe");
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  std::string got;
  std::thread reader([&] { got = test::readAll(path); });
  const std::string text(200'000, 'x');
  writeWhole("", path, text);
  reader.join();
  EXPECT_EQ(got, text);
  EXPECT_TRUE(fs::is_fifo(path));
}

TEST_F(PartFileTest, WritesToOpenDescriptors) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  writeWhole("", "/dev/fd/" + std::to_string(ends[1]), "text");
  char got[5] = {};
  EXPECT_EQ(read(ends[0], got, 4), 4);
  EXPECT_STREQ(got, "text");
  close(ends[0]);
  close(ends[1]);
  EXPECT_NE(errorOf("/dev/fd/" + std::to_string(ends[1])), "");
}

TEST_F(PartFileTest, LeavesDevicesAlone) {
  const std::string null = m_folder.path("null"), full = m_folder.path("full");
  if (mknod(null.c_str(), S_IFCHR | 0600, makedev(1, 3)) != 0 ||
      mknod(full.c_str(), S_IFCHR | 0600, makedev(1, 7)) != 0)
    GTEST_SKIP() << "only root makes device nodes";
  writeWhole("", null, "text");
  EXPECT_NE(errorOf(full).find("No space left"), std::string::npos);
  EXPECT_TRUE(fs::is_character_file(null) && fs::is_character_file(full));
  EXPECT_EQ(files(), 2u);
}

}  // namespace
}  // namespace pim
