#include "platform/config/validate.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/error.h"
#include "core/operations/alu_engine.h"
#include "platform/config/core_table.h"
#include "platform/config/die_models.h"
#include "platform/config/dram.h"
#include "platform/config/memory_map.h"

namespace pim::platform {
namespace {

using Found = std::optional<Violation>;

Found checkBank(const Config& c) {
  if (c.bank.vectorBufferBytes > c.bank.bramBytes()) {
    return Violation{{"bank.vector_buffer_bytes", "bank.bram_kib"},
                     fmt::format("expected at most the {} bytes of bank.bram_kib, got {}", c.bank.bramBytes(),
                                 c.bank.vectorBufferBytes)};
  }
  if (c.dram.pageBytes % c.dram.columnBytes != 0 || c.bank.bmemBytes() % c.dram.pageBytes != 0) {
    return Violation{
        {"dram.page_bytes", "dram.column_bytes", "bank.bmem_mib"},
        fmt::format("expected a multiple of dram.column_bytes ({}) that divides bank.bmem_mib ({}), got {}",
                    c.dram.columnBytes, c.bank.bmemMib, c.dram.pageBytes)};
  }
  return std::nullopt;
}

Found checkDie(const Config& c) {
  const std::vector<std::string> models = dieModels();
  if (std::find(models.begin(), models.end(), c.die.model) != models.end()) return std::nullopt;
  return Violation{{"die.model"}, fmt::format("expected {}, got {}", fmt::join(models, " or "), c.die.model)};
}

/// Checks a cycle table by loading it. Built-in tables need no check.
Found checkController(const Config& c) {
  const std::vector<std::string> builtin = cycleTableNames();
  if (std::find(builtin.begin(), builtin.end(), c.controller.cycleTable) != builtin.end())
    return std::nullopt;
  try {
    loadCycleTable(c.controller.cycleTable);
  } catch (const UserError& bad) {
    const std::string key = "controller.cycle_table", text = bad.what();
    const bool named = text.rfind(key + ": ", 0) == 0;
    return Violation{{key}, named ? text.substr(key.size() + 2) : text};
  }
  return std::nullopt;
}

Found checkMapping(const Config& c) {
  if (c.chip.banksPerDie % c.mapping.banksPerHead != 0) {
    return Violation{{"mapping.banks_per_head", "chip.banks_per_die"},
                     fmt::format("expected a divisor of chip.banks_per_die ({}), got {}", c.chip.banksPerDie,
                                 c.mapping.banksPerHead)};
  }
  const std::vector<std::string> partKeys{"mapping.column_parts", "mapping.weights", "chip.dies",
                                          "chip.banks_per_die"};
  if (c.mapping.weights == WeightMapping::k1d && c.mapping.columnParts > 1) {
    return Violation{
        partKeys, fmt::format("expected 0 or 1 while mapping.weights is 1d, got {}", c.mapping.columnParts)};
  }
  constexpr std::uint32_t kMostParts = 255;  // a byte in the command descriptor
  if (c.columnParts() > kMostParts || c.chip.banks() % c.columnParts() != 0) {
    return Violation{
        partKeys, fmt::format("expected a divisor, up to {}, of the number of banks ({}), got {}", kMostParts,
                              c.chip.banks(), c.columnParts())};
  }
  return std::nullopt;
}

/// Checks the rules between timings, which belong to the DRAM model. Its message begins with the key.
Found checkDram(const Config& c) {
  try {
    pim::validate(dramSettings(c));
  } catch (const UserError& broken) {
    const std::string text = broken.what();
    const std::size_t colon = text.find(": ");
    std::vector<std::string> keys{text.substr(0, colon), "dram.refresh", "dram.activation_limit",
                                  "chip.banks_per_die"};
    for (const auto& timing : kDramTimingFields) keys.push_back(std::string("dram.") + timing.key);
    return Violation{keys, text.substr(colon + 2)};
  }
  return std::nullopt;
}

/// Checks that per-bank refreshes leave a time at which no bank is being refreshed, if all banks of a die
/// activate together. Times are rounded to whole clocks, which can cost two of them.
Found checkGapOfRefreshes(const Config& c) {
  if (c.dram.model == DramTimingModel::Ideal || c.dram.refresh != DramRefresh::PerBank ||
      c.dram.activationLimit != DramActivationLimit::Enforced)
    return std::nullopt;
  const double apart = c.dram.tRefiNs / c.chip.banksPerDie - 2 * c.dram.tCkNs;
  if (c.dram.tRfcPbNs < apart) return std::nullopt;
  return Violation{
      {"dram.t_rfc_pb_ns", "dram.t_refi_ns", "chip.banks_per_die", "dram.refresh", "dram.activation_limit"},
      fmt::format("expected less than t_refi_ns / chip.banks_per_die = {:g} ns, as all banks of a die "
                  "activate together (dram.activation_limit=enforced), got {:g} ns",
                  apart, c.dram.tRfcPbNs)};
}

/// Checks the rules for mean bits and sparsity. Sparse codes have 4 bits in all matrices.
Found checkWeights(const Config& c) {
  const WeightConfig& weights = c.weights;
  if (weights.meanBits != 0) {
    if (weights.meanBits < 3)
      return Violation{{"weights.mean_bits"}, fmt::format("expected 0, or 3 to 8, got {}", weights.meanBits)};
    if (weights.bits != 4 || !weights.bitsMap.empty() || weights.sparsity != Sparsity::kDense) {
      return Violation{{"weights.mean_bits", "weights.bits", "weights.sparsity"},
                       "expected 0 unless weights.bits=4 and weights.sparsity=16"};
    }
  }
  if (weights.sparsity == Sparsity::kDense || (weights.bits == 4 && weights.bitsMap.empty()))
    return std::nullopt;
  return Violation{{"weights.sparsity", "weights.bits"},
                   fmt::format("expected 16 with weights.bits={}: sparse weights have 4 bits",
                               weights.bitsMap.empty() ? std::to_string(weights.bits) : weights.bitsMap)};
}

/// Refuses formats that the RTL blocks do not support.
Found checkFormatsOfRtl(const Config& c) {
  if (c.rtl.banks != Fidelity::kTlm && c.bank.operandPortBits != 0 &&
      c.bank.operandPortBits != 16 * c.bank.macLanes) {
    return Violation{{"bank.operand_port_bits", "rtl.banks"},
                     fmt::format("expected 0 or {}, as in RTL", 16 * c.bank.macLanes)};
  }
  // ALUs read the embedding. With mean bits it has the wider of the two widths in use.
  const WeightConfig& weights = c.weights;
  const bool embedded = weights.bits == 4 && weights.bitsMap.empty() && weights.meanBits <= 4;
  if (c.rtl.alus != Fidelity::kTlm && !embedded)
    return Violation{{"weights.bits", "rtl.alus"}, "expected 4 for the embedding, as in RTL"};
  return std::nullopt;
}

Found checkRtl(const Config& c) {
  if (auto violation = checkFormatsOfRtl(c)) return violation;
  if (c.rtl.alus == Fidelity::kTlm) return std::nullopt;
  if (c.controller.aluLanes != kRtlAluLanes)
    return Violation{{"controller.alu_lanes", "rtl.alus"},
                     fmt::format("expected {}, as in RTL", kRtlAluLanes)};
  if (!c.controller.aluLatency)
    return Violation{{"controller.alu_latency", "rtl.alus"}, "expected on, as in RTL"};
  return std::nullopt;
}

Found checkFpga(const Config& c) {
  constexpr std::uint32_t kOutputs =
      256;  // 2 rounds of 16 over 8 channels: fills whole addresses of every buffer
  if (c.fpga.mvOutputs % kOutputs != 0) {
    return Violation{{"fpga.mv_outputs"},
                     fmt::format("expected a multiple of {}, got {}", kOutputs, c.fpga.mvOutputs)};
  }
  constexpr std::uint32_t kBlock = 16;
  const std::pair<const char*, std::uint32_t> stairs[] = {{"fpga.prefill_stair", c.fpga.prefillStair},
                                                          {"fpga.decode_stair", c.fpga.decodeStair}};
  for (const auto& [key, stair] : stairs) {
    if (stair % kBlock != 0)
      return Violation{{key}, fmt::format("expected a multiple of {}, got {}", kBlock, stair)};
  }
  if (c.attention.mask.empty())
    return Violation{{"attention.mask"}, "expected causal, full or a file, got nothing"};
  return std::nullopt;
}

Found checkPhone(const Config& c) {
  if (c.phone.gemmSmallTile < c.phone.gemmBigTile) return std::nullopt;
  return Violation{{"phone.gemm_small_tile", "phone.gemm_big_tile"},
                   fmt::format("expected less than phone.gemm_big_tile ({}), got {}", c.phone.gemmBigTile,
                               c.phone.gemmSmallTile)};
}

}  // namespace

Found findViolation(const Config& config) {
  if (config.machine == MachineKind::kFpga) return checkFpga(config);
  if (config.machine == MachineKind::kPhone) return checkPhone(config);
  for (const auto check : {checkBank, checkController, checkDie, checkDram, checkGapOfRefreshes, checkMapping,
                           findMapViolation, checkWeights, checkRtl}) {
    if (auto violation = check(config)) return violation;
  }
  return std::nullopt;
}

Found findViolation(const ModelShape& s) {
  if (s.heads % s.kvHeads != 0) {
    return Violation{{"kv_heads", "heads"},
                     fmt::format("expected a divisor of heads ({}), got {}", s.heads, s.kvHeads)};
  }
  if (s.headDim % 2 != 0) {
    return Violation{{"head_dim", "hidden", "heads"},
                     fmt::format("expected an even number of elements, got {}", s.headDim)};
  }
  return std::nullopt;
}

}  // namespace pim::platform
