#include "sim/run/machine_memory.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/phone/kernels.h"
#include "platform/assembly/fpga_parameters.h"
#include "platform/assembly/phone_parameters.h"

namespace pim::sim {
namespace {

constexpr std::uint64_t kGib = std::uint64_t{1} << 30;

/// The memory that holds the weights and the KV cache.
struct Memory {
  const char* key;   ///< of its size
  const char* name;  ///< in messages
  std::uint32_t gib;
  std::uint64_t weightBytes;  ///< of the model, as the machine stores it
};

Memory memoryOf(const ModelShape& shape, const platform::Config& config) {
  const auto whole = [](double bytes) { return static_cast<std::uint64_t>(std::ceil(bytes)); };
  if (config.machine == platform::MachineKind::kFpga) {
    const host::fpga::Compiler compiler(shape, platform::fpgaCompilerOptions(config));
    return {"fpga.hbm_gib", "HBM", config.fpga.hbmGib, whole(compiler.modelBytes())};
  }
  return {"phone.memory_gib", "memory", config.phone.memoryGib,
          whole(phone::modelBytes(shape, platform::phoneStorage(config)))};
}

std::uint64_t cacheBytes(const ModelShape& shape, std::uint64_t context, std::uint32_t kvBits) {
  return context * 2 * shape.layers * shape.kvWidth() * kvBits / 8;
}

/// Returns settings each of which makes room by itself.
std::vector<std::string> remedies(const ModelShape& shape, const platform::Config& config,
                                  const Memory& memory, std::uint32_t context) {
  const std::uint64_t bytes = memory.gib * kGib;
  const std::uint64_t needed = memory.weightBytes + cacheBytes(shape, context, config.kv.bits);
  std::vector<std::string> found{fmt::format("{}={}", memory.key, (needed + kGib - 1) / kGib)};
  if (memory.weightBytes >= bytes) return found;
  const std::uint64_t room = bytes - memory.weightBytes;
  for (const std::uint32_t bits : {8u, 4u}) {
    if (bits >= config.kv.bits || cacheBytes(shape, context, bits) > room) continue;
    found.push_back(fmt::format("kv.bits={}", bits));
    break;
  }
  const std::uint64_t tokens = room / cacheBytes(shape, 1, config.kv.bits);
  if (tokens > 0) found.push_back(fmt::format("a context of at most {} tokens", tokens));
  return found;
}

}  // namespace

void requireMemory(const ModelShape& shape, const platform::Config& config, std::uint32_t context) {
  if (config.machine == platform::MachineKind::kPim) return;
  const Memory memory = memoryOf(shape, config);
  const std::uint64_t bytes = memory.gib * kGib, cache = cacheBytes(shape, context, config.kv.bits);
  if (memory.weightBytes + cache <= bytes) return;
  throw UserError(fmt::format(
      "{} does not fit with a context of {} tokens: {}={} is short of {} bytes (weights {}, KV cache {}, {} "
      "{}); {} would make room",
      shape.name, context, memory.key, memory.gib, memory.weightBytes + cache - bytes, memory.weightBytes,
      cache, memory.name, bytes, fmt::join(remedies(shape, config, memory, context), " or ")));
}

}  // namespace pim::sim
