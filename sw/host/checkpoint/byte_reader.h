#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include "core/base/error.h"
#include "sw/host/checkpoint/mapped_file.h"

namespace pim::host {

/// Loads a little-endian number from unaligned memory (the hosts on which this is built are little-endian).
template <typename T>
T loadLittle(const uint8_t* from) {
  static_assert(std::is_arithmetic_v<T>);
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

/// Reads bytes in order and refuses to go beyond their end: a read throws a UserError that names the expected
/// item.
class ByteReader {
 public:
  ByteReader(ByteSpan bytes, std::string source) : m_bytes(bytes), m_source(std::move(source)) {}

  uint64_t position() const { return m_position; }
  uint64_t remaining() const { return m_bytes.size - m_position; }

  template <typename T>
  T read(std::string_view what) {
    return loadLittle<T>(take(sizeof(T), what));
  }

  /// Consumes and returns the next `size` bytes.
  const uint8_t* take(uint64_t size, std::string_view what) {
    if (size > remaining()) {
      throw UserError(fmt::format("{}: {}: expected {} bytes at offset {}, the file has {} left", m_source,
                                  what, size, m_position, remaining()));
    }
    const uint8_t* at = m_bytes.data + m_position;
    m_position += size;
    return at;
  }

  std::string_view takeText(uint64_t size, std::string_view what) {
    return {reinterpret_cast<const char*>(take(size, what)), static_cast<size_t>(size)};
  }

 private:
  ByteSpan m_bytes;
  std::string m_source;
  uint64_t m_position = 0;
};

}  // namespace pim::host
