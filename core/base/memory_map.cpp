#include "core/base/memory_map.h"

namespace pim {

AddressMap MemoryMap::addresses() const {
  AddressMap map;
  for (const Region& region : {registers, cram, cmem}) map.add(region);
  for (const Region& region : {external, instructions, data}) {
    if (region.size != 0) map.add(region);
  }
  for (const Region& die : dies) map.add(die);
  return map;
}

}  // namespace pim
