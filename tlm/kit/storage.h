#pragma once

#include <cstddef>
#include <cstdint>

#include "core/base/work_pool.h"

namespace pim {

/// Zero-filled bytes. They use host memory only where they were touched, so a 32 MiB bank that a run never
/// writes to costs nothing. Throws std::bad_alloc when the address space is exhausted.
///
/// Units whose computation may lag behind simulated time (`work`) use data(); everyone else uses settled().
class Storage {
 public:
  explicit Storage(std::size_t bytes, WorkLane* work = nullptr);
  ~Storage();
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;

  std::uint8_t* data() { return m_data; }
  const std::uint8_t* data() const { return m_data; }
  std::size_t size() const { return m_size; }
  /// The lane of units whose work may lag behind; may be null.
  WorkLane* work() { return m_work; }
  /// Finishes all computations given so far, then returns data().
  std::uint8_t* settled() {
    if (m_work != nullptr) m_work->finish();
    return m_data;
  }

 private:
  std::uint8_t* m_data;
  std::size_t m_size;
  WorkLane* m_work;
};

}  // namespace pim
