#pragma once

#include "core/base/memory_map.h"
#include "platform/config/validate.h"

namespace pim::platform {

/// Returns the memory map: memory_map.* with the sizes of the memories. If the window of a die would pass the
/// end of the address space, its base has no meaning; findMapViolation() refuses such maps.
MemoryMap memoryMap(const Config& config);

/// Returns the first rule of the memory map that the configuration breaks.
std::optional<Violation> findMapViolation(const Config& config);

}  // namespace pim::platform
