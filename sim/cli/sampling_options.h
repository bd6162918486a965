#pragma once

#include <nlohmann/json.hpp>

#include "sim/cli/command_line.h"
#include "tlm/host/host.h"

namespace pim::sim {

/// --temperature, --top-p and --seed: how generate chooses tokens.
class SamplingOptions {
 public:
  static void addTo(CommandLine& line);

  /// Throws a UserError for values that make no sense, also of options that a greedy run does not need. A
  /// seed becomes simulation.seed, so that the configuration of the result repeats the run.
  SamplingOptions(const CommandLine& line, platform::Config& config);

  /// Throws a UserError when the chip cannot draw from that many tokens.
  void apply(HostJob& job, std::uint32_t vocab) const;

  /// Adds what was asked for to the result; nothing for a greedy run.
  void report(nlohmann::ordered_json& json) const;

 private:
  double m_temperature;
  double m_topP;
  std::uint64_t m_seed;
};

}  // namespace pim::sim
