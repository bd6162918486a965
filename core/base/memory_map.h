#pragma once

#include <vector>

#include "core/base/address_map.h"

namespace pim {

/// The regions of the Controller's bus, each defined once for the bus, the cores, the planner and `describe`.
/// platform/config/memory_map.h makes the map from a configuration.
struct MemoryMap {
  Region registers;  ///< one page: abi/pim_abi.h divides it
  Region cram;
  Region cmem;
  Region external;      ///< memory behind the package's pins; size 0 without it
  Region instructions;  ///< of an RV32 core, which accesses them without the bus; size 0 without such a core
  Region data;          ///< likewise
  std::vector<Region> dies;  ///< window of each die, divided by DieAddress

  /// Returns all regions, in this order. Throws a UserError if two overlap: see AddressMap::add.
  AddressMap addresses() const;
};

}  // namespace pim
