#pragma once

#include <boost/crc.hpp>
#include <cstdint>
#include <string_view>

namespace pim::sim {

/// Returns the CRC-32 of a text, by which the files of a sweep recognise damage.
inline std::uint32_t checksum(std::string_view bytes) {
  boost::crc_32_type crc;
  crc.process_bytes(bytes.data(), bytes.size());
  return crc.checksum();
}

}  // namespace pim::sim
