#include "tlm/kit/storage.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <numeric>
#include <vector>

namespace pim {
namespace {

constexpr std::size_t kGibibyte = std::size_t{1} << 30;

/// Pages of the storage that take host memory.
std::size_t residentPages(Storage& storage) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  std::vector<unsigned char> resident(storage.size() / page);
  EXPECT_EQ(mincore(storage.data(), storage.size(), resident.data()), 0);
  return static_cast<std::size_t>(std::accumulate(
      resident.begin(), resident.end(), 0, [](int sum, unsigned char page1) { return sum + (page1 & 1); }));
}

TEST(Storage, CostsNothingUntilTouched) {
  Storage storage(kGibibyte);
  EXPECT_EQ(storage.size(), kGibibyte);
  EXPECT_EQ(residentPages(storage), 0u);
}

TEST(Storage, CostsWhatIsTouched) {
  Storage storage(kGibibyte);
  storage.data()[0] = 1;
  storage.data()[kGibibyte - 1] = 1;
  const std::size_t pages = residentPages(storage);
  EXPECT_GE(pages, 2u);
  EXPECT_LE(pages, 2 * 512u);  // a kernel may hand out 2 MiB at once
}

TEST(Storage, IsZeroAtTheStart) {
  Storage storage(1 << 20);
  EXPECT_EQ(std::accumulate(storage.data(), storage.data() + storage.size(), std::uint64_t{0}), 0u);
}

}  // namespace
}  // namespace pim
