#pragma once

#include <nlohmann/json.hpp>

#include "sim/cli/command_line.h"
#include "tlm/host/host.h"

namespace pim::sim {

/// --temperature, --top-p and --seed: the rule by which generate chooses tokens.
class SamplingOptions {
 public:
  static void addTo(CommandLine& line);

  /// Throws a UserError for invalid values, even of options that a greedy run does not need. A seed becomes
  /// simulation.seed, so that the configuration of the result repeats the run.
  SamplingOptions(const CommandLine& line, platform::Config& config);

  /// Throws a UserError if the chip cannot draw from a vocabulary of this size.
  void apply(HostJob& job, std::uint32_t vocab) const;

  /// Adds the options to the result, unless the run is greedy.
  void report(nlohmann::ordered_json& json) const;

 private:
  double m_temperature;
  double m_topP;
  std::uint64_t m_seed;
};

}  // namespace pim::sim
