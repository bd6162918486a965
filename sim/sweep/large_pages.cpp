#include "sim/sweep/large_pages.h"

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

namespace pim::sim {
namespace {

constexpr std::uintptr_t kPage = std::uintptr_t{2} << 20;
constexpr int kAhead = 64 << 20;  // beyond the heap's end; memory that is not used costs nothing

}  // namespace

void growHeapInLargePages() {
  ::mallopt(M_MMAP_THRESHOLD, kAhead);  // smaller allocations come from the heap
  ::mallopt(M_TOP_PAD, kAhead);
  const auto before = reinterpret_cast<std::uintptr_t>(::sbrk(0));
  void* volatile block = std::malloc(4 * kPage);  // extends the heap; volatile, so that the compiler keeps it
  std::free(block);
  const auto begin = (before + kPage - 1) / kPage * kPage;
  const auto end = reinterpret_cast<std::uintptr_t>(::sbrk(0)) / kPage * kPage;
  if (end > begin) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
}

}  // namespace pim::sim
