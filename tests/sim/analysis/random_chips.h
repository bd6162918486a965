#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "sim/run/mapping.h"
#include "sw/host/layout/planner.h"
#include "tests/sim/analysis/decode_run.h"

namespace pim::sim {

/// Draws values for a handful of keys, each fine by itself; chips that are refused are drawn again.
class RandomChips {
 public:
  explicit RandomChips(std::uint32_t seed) : m_random(seed) {}

  /// Of a shipped model.
  ChipSetup next(const std::string& model) {
    for (;;) {
      platform::Overrides overrides{"weights.group=32"};
      for (int i = 0; i < 6; ++i) overrides.push_back(pick());
      try {
        ChipSetup setup("aim8", overrides, model);
        host::planModel(setup.shape, chipShape(setup.config), mappingOptions(setup.config), 40);
        m_text = fmt::format("{}", fmt::join(overrides, " "));
        return setup;
      } catch (const UserError&) {
      }
    }
  }
  const std::string& text() const { return m_text; }

 private:
  std::string pick() {
    static const std::vector<std::pair<std::string, std::vector<std::string>>> kKeys{
        {"controller.cram_kib", {"1", "16", "100"}},
        {"controller.cmem_bandwidth_gb_per_s", {"0.5", "500"}},
        {"controller.cmem_latency_ns", {"0", "300"}},
        {"controller.activations", {"cmem", "external"}},
        {"controller.external_bandwidth_gb_per_s", {"0.3", "60"}},
        {"chip.dies", {"1", "3", "16"}},
        {"chip.banks_per_die", {"4", "8", "32"}},
        {"link.bandwidth_gb_per_s", {"0.2", "4", "1000"}},
        {"link.exchange_latency_ns", {"0", "7.3", "900"}},
        {"link.duplex", {"half"}},
        {"die.hop_ns", {"0", "0.7", "50"}},
        {"die.ram_bandwidth_gb_per_s", {"1", "20"}},
        {"bank.mac_lanes", {"1", "16", "1024"}},
        {"bank.softmax_lanes", {"1", "64"}},
        {"bank.command_overhead", {"off"}},
        {"dram.model", {"ideal"}},
        {"dram.t_ck_ns", {"0.57", "3"}},
        {"dram.row_buffers", {"2"}},
        {"dram.refresh", {"off", "per_bank"}},
        {"dram.activation_limit", {"enforced", "staggered"}},
        {"controller.memory_bandwidth_gb_per_s", {"1", "10", "2000"}},
        {"controller.alu_clock_ns", {"0.3", "5"}},
        {"controller.alu_lanes", {"4", "512"}},
        {"controller.alu_latency", {"off"}},
        {"controller.firmware_clock_ns", {"0.1", "9", "64"}},
        {"controller.queue_depth", {"2", "9", "1000"}},
        {"mapping.weights", {"2d"}},
        {"mapping.banks_per_head", {"2", "4"}},
        {"mapping.fuse_qkv", {"off"}},
        {"mapping.token_tile", {"1", "3", "64"}},
        {"mapping.embedding", {"banks"}},
        {"schedule.overlap", {"off"}},
        {"schedule.tiles_in_flight", {"1", "4"}},
        {"kv.bits", {"4", "8"}},
    };
    const auto& [key, values] = kKeys[m_random() % kKeys.size()];
    return key + '=' + values[m_random() % values.size()];
  }

  std::mt19937 m_random;
  std::string m_text;
};

}  // namespace pim::sim
