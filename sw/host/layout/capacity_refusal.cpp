#include "sw/host/layout/capacity_refusal.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "abi/pim_layout.h"
#include "core/base/chip_limits.h"
#include "core/base/error.h"
#include "sw/host/layout/bank_layout.h"
#include "sw/host/layout/bram_layout.h"
#include "sw/host/layout/model_matrices.h"

namespace pim::host {
namespace {

/// Returns settings each of which is sufficient alone.
std::vector<std::string> capacityRemedies(const ModelShape& shape, const ChipShape& chip,
                                          const MappingOptions& options, std::uint32_t roomFor,
                                          std::uint32_t context, const CanPlan& canPlan) {
  std::vector<std::string> remedies;
  ChipShape larger = chip;
  for (larger.dies = 1; larger.dies <= kMostDies; larger.dies *= 2) {
    if (larger.dies <= chip.dies || !canPlan(larger, options, context)) continue;
    remedies.push_back(fmt::format("chip.dies={}", larger.dies));
    break;
  }
  larger = chip;
  for (larger.bmemBytes = 1u << 20; larger.bmemBytes <= kMostBmemBytes; larger.bmemBytes *= 2) {
    if (larger.bmemBytes <= chip.bmemBytes || !canPlan(larger, options, context)) continue;
    remedies.push_back(fmt::format("bank.bmem_mib={}", larger.bmemBytes >> 20));
    break;
  }
  for (const std::uint32_t bits : {8u, 4u}) {
    MappingOptions narrower = options;
    narrower.kvBits = bits;
    if (bits >= options.kvBits || shape.headDim * bits % 8 != 0 || !canPlan(chip, narrower, context))
      continue;
    remedies.push_back(fmt::format("kv.bits={}", bits));
    break;
  }
  if (roomFor > 0 && canPlan(chip, options, roomFor))
    remedies.push_back(fmt::format("a context of at most {} tokens", roomFor));
  return remedies;
}

/// Returns the chip with more of a memory, in steps of two, that `isEnough`; nothing if there is none.
template <class IsEnough>
std::optional<ChipShape> withMore(std::uint32_t ChipShape::*bytes, std::uint32_t most, ChipShape chip,
                                  const IsEnough& isEnough) {
  while (chip.*bytes < most) {
    chip.*bytes = std::min(2 * std::max(chip.*bytes, 1u << 10), most);
    if (isEnough(chip)) return chip;
  }
  return std::nullopt;
}

}  // namespace

void refuseCapacity(const ModelShape& shape, const ChipShape& chip, const MappingOptions& options,
                    bool embeddingInBanks, std::uint32_t context, const CanPlan& canPlan) {
  const BankLayout banks(shape, chip, options, embeddingInBanks);
  const std::uint64_t slots = chip.slots(), cache = banks.cacheBytes(context);
  std::string remedies;
  for (const std::string& remedy :
       capacityRemedies(shape, chip, options, banks.maxContext(), context, canPlan))
    remedies += (remedies.empty() ? "" : " or ") + remedy;
  throw UserError(fmt::format(
      "{} does not fit with a context of {} tokens: the banks are short of {} bytes (weights {}, "
      "KV cache {}, banks {}); {}",
      shape.name, context, slots * banks.missing(context), slots * banks.weightBytes(), slots * cache,
      slots * chip.bmemBytes, remedies.empty() ? "no single setting makes room" : remedies + " would do"));
}

void refuseScores(const ModelShape& shape, const ChipShape& chip, const MappingOptions& options,
                  std::uint32_t context, const CanPlan& canPlan) {
  const std::uint32_t most = longestAttention(shape, chip, options);
  std::vector<std::string> remedies;
  MappingOptions wider = options;
  for (wider.banksPerHead = options.banksPerHead + 1; wider.banksPerHead <= chip.banksPerDie;
       ++wider.banksPerHead) {
    if (chip.banksPerDie % wider.banksPerHead != 0 || longestAttention(shape, chip, wider) < context ||
        !canPlan(chip, wider, context))
      continue;
    remedies.push_back(fmt::format("mapping.banks_per_head={}", wider.banksPerHead));
    break;
  }
  ChipShape larger = chip;
  while (larger.bramBytes < kMostBramBytes && longestAttention(shape, larger, options) < context)
    larger.bramBytes = std::min(2 * larger.bramBytes, kMostBramBytes);
  std::string ram;
  while (larger.dieRamBytes < larger.bramBytes && longestAttention(shape, larger, options) < context) {
    larger.dieRamBytes *= 2;
    ram = fmt::format(" with die.ram_kib={}", larger.dieRamBytes >> 10);
  }
  if (longestAttention(shape, larger, options) >= context && canPlan(larger, options, context))
    remedies.push_back(fmt::format("bank.bram_kib={}{}", larger.bramBytes >> 10, ram));
  if (most > 0 && canPlan(chip, options, most))
    remedies.push_back(fmt::format("a context of at most {} tokens", most));
  throw UserError(fmt::format(
      "{}: the scores of one token at a context of {} tokens need {} bytes of a bank's BRAM and "
      "bank.bram_kib={} has room for {}; {}",
      shape.name, context,
      std::uint64_t{shape.headsPerKvHead()} * 4 * pim_ceil_div(context, options.banksPerHead),
      chip.bramBytes >> 10, std::uint64_t{shape.headsPerKvHead()} * 4 * (most / options.banksPerHead),
      remedies.empty() ? "no single setting makes room"
                       : fmt::format("{} would do", fmt::join(remedies, " or "))));
}

void refuseVectors(const ModelShape& shape, const ChipShape& chip, const MappingOptions& options,
                   std::uint32_t context, const CanPlan& canPlan) {
  const auto plans = [&](const ChipShape& larger) { return canPlan(larger, options, context); };
  const auto fits = [&](const ChipShape& larger) { return ModelMatrices::fit(shape, larger, options); };
  const std::uint32_t mostRam = static_cast<std::uint32_t>(kMostDieRamBytes);
  std::string remedy;
  if (const auto ram = withMore(&ChipShape::dieRamBytes, mostRam, chip, plans)) {
    remedy = fmt::format("die.ram_kib={} would do", ram->dieRamBytes >> 10);
  } else if (const auto bram = withMore(&ChipShape::bramBytes, kMostBramBytes, chip, plans)) {
    remedy = fmt::format("bank.bram_kib={} would do", bram->bramBytes >> 10);
  } else {
    remedy = "no single setting makes room";
  }
  if (withMore(&ChipShape::dieRamBytes, mostRam, chip, fits))
    throw UserError(fmt::format("die.ram_kib={}: too small for a transfer to the banks; {}",
                                chip.dieRamBytes >> 10, remedy));
  if (withMore(&ChipShape::bramBytes, kMostBramBytes, chip, fits) || chip.vectorBufferBytes == 0)
    throw UserError(fmt::format("bank.bram_kib={}: too small for the input and result of a single token; {}",
                                chip.bramBytes >> 10, remedy));
  throw UserError(fmt::format(
      "bank.vector_buffer_bytes={}: too small for the input of a single token; expected 0 or at least {}",
      chip.vectorBufferBytes, options.weights.group() * options.activationBits / 8));
}

}  // namespace pim::host
