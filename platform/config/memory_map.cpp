#include "platform/config/memory_map.h"

#include <fmt/format.h>

#include <limits>

#include "core/base/error.h"

namespace pim::platform {
namespace {

constexpr std::uint64_t kRegisterPageBytes = 0x1000;
/// Limit of Controller addresses: commands and plan have 32 bits for them (abi/pim_abi.h).
constexpr std::uint64_t kControllerBusBytes = std::uint64_t{1} << 32;

using Found = std::optional<Violation>;

/// A region of the Controller, with the keys that set its position and size.
struct KeyedRegion {
  Region region;
  const char* base;
  const char* size;  ///< empty: no key sets it
};

std::vector<KeyedRegion> controllerRegions(const MemoryMap& map) {
  std::vector<KeyedRegion> regions{{map.registers, "memory_map.registers_base", ""},
                                   {map.cram, "memory_map.cram_base", "controller.cram_kib"},
                                   {map.cmem, "memory_map.cmem_base", "controller.cmem_mib"}};
  if (map.external.size != 0)
    regions.push_back({map.external, "memory_map.external_base", "controller.external_mib"});
  if (map.instructions.size != 0) {
    regions.push_back(
        {map.instructions, "memory_map.instruction_memory_base", "controller.instruction_memory_kib"});
    regions.push_back({map.data, "memory_map.data_memory_base", "controller.data_memory_kib"});
  }
  return regions;
}

const std::vector<std::string>& dieKeys() {
  static const std::vector<std::string> keys{"memory_map.die_stride", "memory_map.die_base", "chip.dies"};
  return keys;
}

Found checkCores(const MemoryMap& map) {
  if (map.data.base % 4 != 0) return Violation{{"memory_map.data_memory_base"}, "expected a multiple of 4"};
  if (map.instructions.base % 4 != 0)
    return Violation{{"memory_map.instruction_memory_base"}, "expected a multiple of 4"};
  return std::nullopt;
}

Found checkController(const std::vector<KeyedRegion>& regions) {
  for (const KeyedRegion& keyed : regions) {
    if (keyed.region.base > kControllerBusBytes - keyed.region.size) {
      const std::string size = *keyed.size == '\0' ? "" : fmt::format(", with {},", keyed.size);
      return Violation{{keyed.base, keyed.size},
                       fmt::format("expected to end{} at 0x{:X}, the Controller's bus, at most, got 0x{:X}",
                                   size, kControllerBusBytes, keyed.region.base)};
    }
  }
  return std::nullopt;
}

Found checkDies(const Config& c) {
  const MemoryMapConfig& map = c.memoryMap;
  if (map.dieStride < DieAddress::kWindowBytes) {
    return Violation{dieKeys(), fmt::format("expected at least 0x{:X}, the window of one die, got 0x{:X}",
                                            DieAddress::kWindowBytes, map.dieStride)};
  }
  const std::uint64_t lastBase = std::numeric_limits<std::uint64_t>::max() - (DieAddress::kWindowBytes - 1);
  if (map.dieBase > lastBase || c.chip.dies - 1 > (lastBase - map.dieBase) / map.dieStride) {
    return Violation{
        dieKeys(), fmt::format("expected the windows of {} dies from 0x{:X} on to end below 2^64, got 0x{:X}",
                               c.chip.dies, map.dieBase, map.dieStride)};
  }
  return std::nullopt;
}

Found checkOverlaps(const MemoryMap& map, const std::vector<KeyedRegion>& regions) {
  try {
    map.addresses();
  } catch (const UserError& overlap) {
    std::vector<std::string> keys{"memory_map"};
    for (const KeyedRegion& keyed : regions) keys.insert(keys.end(), {keyed.base, keyed.size});
    keys.insert(keys.end(), dieKeys().begin(), dieKeys().end());
    return Violation{keys, overlap.what()};
  }
  return std::nullopt;
}

}  // namespace

MemoryMap memoryMap(const Config& c) {
  MemoryMap map;
  map.registers = {"registers", c.memoryMap.registersBase, kRegisterPageBytes};
  map.cram = {"cram", c.memoryMap.cramBase, c.controller.cramBytes()};
  map.cmem = {"cmem", c.memoryMap.cmemBase, c.controller.cmemBytes()};
  map.external = {"external memory", c.memoryMap.externalBase, c.controller.externalBytes()};
  if (c.controller.core == ControllerCoreKind::kRv32) {
    map.instructions = {"instruction memory", c.memoryMap.instructionMemoryBase,
                        c.controller.instructionMemoryBytes()};
    map.data = {"data memory", c.memoryMap.dataMemoryBase, c.controller.dataMemoryBytes()};
  }
  for (std::uint32_t die = 0; die < c.chip.dies; ++die) {
    map.dies.push_back({fmt::format("die{}", die), c.memoryMap.dieBase + die * c.memoryMap.dieStride,
                        DieAddress::kWindowBytes});
  }
  return map;
}

Found findMapViolation(const Config& config) {
  const MemoryMap map = memoryMap(config);
  const std::vector<KeyedRegion> regions = controllerRegions(map);
  if (Found found = checkCores(map)) return found;
  if (Found found = checkController(regions)) return found;
  if (Found found = checkDies(config)) return found;
  return checkOverlaps(map, regions);
}

}  // namespace pim::platform
