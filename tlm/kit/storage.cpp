#include "tlm/kit/storage.h"

#include <sys/mman.h>

#include <new>

namespace pim {

Storage::Storage(std::size_t bytes, WorkLane* work) : m_size(bytes), m_work(work) {
  void* p = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (p == MAP_FAILED) throw std::bad_alloc();
  m_data = static_cast<std::uint8_t*>(p);
}

Storage::~Storage() {
  settled();
  munmap(m_data, m_size);
}

void preferLargePages(std::uint8_t* data, std::size_t bytes) {
  constexpr std::uintptr_t kLargePage = std::uintptr_t{2} << 20;
  const auto begin = reinterpret_cast<std::uintptr_t>(data);
  const std::uintptr_t first = (begin + kLargePage - 1) / kLargePage * kLargePage;
  const std::uintptr_t end = (begin + bytes) / kLargePage * kLargePage;
  // A wish: where it is not granted, everything works as before.
  if (first < end) madvise(data + (first - begin), end - first, MADV_HUGEPAGE);
}

}  // namespace pim
