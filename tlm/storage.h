#pragma once

#include <cstddef>
#include <cstdint>

namespace pim {

/// Zero-filled bytes that cost host memory only where they were touched: a 32 MiB bank that a run never
/// writes to is free. Throws std::bad_alloc when the address space is exhausted.
class Storage {
 public:
  explicit Storage(std::size_t bytes);
  ~Storage();
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;

  std::uint8_t* data() { return m_data; }
  const std::uint8_t* data() const { return m_data; }
  std::size_t size() const { return m_size; }

 private:
  std::uint8_t* m_data;
  std::size_t m_size;
};

}  // namespace pim
