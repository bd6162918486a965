#pragma once

#include "core/base/memory_map.h"
#include "platform/config/validate.h"

namespace pim::platform {

/// What lies where: memory_map.* with the sizes of the memories. Of dies of which a window would pass the end
/// of the address space the base is not meaningful: findMapViolation() refuses them.
MemoryMap memoryMap(const Config& config);

/// The first rule of the memory map that the configuration breaks.
std::optional<Violation> findMapViolation(const Config& config);

}  // namespace pim::platform
