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

}  // namespace pim
