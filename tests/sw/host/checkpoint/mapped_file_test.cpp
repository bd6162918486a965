#include "sw/host/checkpoint/mapped_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "tests/sw/host/test_files.h"

namespace pim::host {
namespace {

/// Bytes of host memory that this process has of the mapping that begins at `start`.
std::uint64_t residentBytes(const std::uint8_t* start) {
  std::ifstream maps("/proc/self/smaps");
  char prefix[32];
  std::snprintf(prefix, sizeof prefix, "%lx-", reinterpret_cast<unsigned long>(start));
  for (std::string line; std::getline(maps, line);) {
    if (line.rfind(prefix, 0) != 0) continue;
    while (line.rfind("Rss:", 0) != 0) std::getline(maps, line);
    return std::stoull(line.substr(4)) * 1024;
  }
  return 0;
}

TEST(MappedFile, GivesWholePagesBackAndFetchesThemAgain) {
  const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  const test::TemporaryFolder folder;
  const MappedFile file(folder.write("file", std::string(64 * page, 'x')));
  const ByteSpan bytes = file.bytes();
  const auto sum = [&] {
    std::uint64_t total = 0;
    for (std::uint64_t i = 0; i < bytes.size; ++i) total += bytes.data[i];
    return total;
  };
  EXPECT_EQ(sum(), 64 * page * 'x');
  ASSERT_EQ(residentBytes(bytes.data), 64 * page);

  // Half a page at either end belongs to neighbours, too.
  releaseMapped(bytes.data + page / 2, 40 * page);
  EXPECT_EQ(residentBytes(bytes.data), (64 - 39) * page);
  EXPECT_EQ(sum(), 64 * page * 'x');
}

}  // namespace
}  // namespace pim::host
