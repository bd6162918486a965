#include "core/base/address_map.h"

#include <fmt/format.h>

#include "core/base/error.h"

namespace pim {

void AddressMap::add(Region region) {
  const std::uint64_t last = region.base + (region.size - 1);
  if (region.size == 0 || last < region.base) {
    throw UserError(
        fmt::format("memory_map: {} of {:#x} bytes at {:#x} is empty or passes the end of the address space",
                    region.name, region.size, region.base));
  }
  for (const Region& other : m_regions) {
    if (region.base <= other.base + (other.size - 1) && other.base <= last) {
      throw UserError(fmt::format("memory_map: {} ({:#x}..{:#x}) overlaps {} ({:#x}..{:#x})", region.name,
                                  region.base, last, other.name, other.base, other.base + (other.size - 1)));
    }
  }
  m_regions.push_back(std::move(region));
}

}  // namespace pim
