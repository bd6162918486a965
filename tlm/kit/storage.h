#pragma once

#include <cstddef>
#include <cstdint>

#include "core/base/work_pool.h"

namespace pim {

/// Zero-filled bytes that cost host memory only where they were touched: a 32 MiB bank that a run never
/// writes to is free. Throws std::bad_alloc when the address space is exhausted.
///
/// Units whose work may lag behind simulated time (`work`) see data(); whoever looks at bytes from outside
/// takes settled().
class Storage {
 public:
  explicit Storage(std::size_t bytes, WorkLane* work = nullptr);
  ~Storage();
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;

  std::uint8_t* data() { return m_data; }
  const std::uint8_t* data() const { return m_data; }
  std::size_t size() const { return m_size; }
  /// data() after all work that was given so far.
  std::uint8_t* settled() {
    if (m_work != nullptr) m_work->finish();
    return m_data;
  }

 private:
  std::uint8_t* m_data;
  std::size_t m_size;
  WorkLane* m_work;
};

/// Asks for large pages where [data, data + bytes) has room for them.
void preferLargePages(std::uint8_t* data, std::size_t bytes);

}  // namespace pim
