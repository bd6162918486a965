#pragma once

#include <vector>

#include "core/base/address_map.h"

namespace pim {

/// Where everything on the Controller's bus lies: each region once, for the bus, the cores, the planner and
/// `describe`. platform/config/memory_map.h makes it from a configuration.
struct MemoryMap {
  Region registers;  ///< one page: abi/pim_abi.h divides it
  Region cram;
  Region cmem;
  Region instructions;       ///< of an RV32 core, which reaches them beside the bus; of no byte without one
  Region data;               ///< likewise
  std::vector<Region> dies;  ///< windows, by die: DieAddress divides them

  /// All of them, in this order. Throws UserError where two overlap: see AddressMap::add.
  AddressMap addresses() const;
};

}  // namespace pim
