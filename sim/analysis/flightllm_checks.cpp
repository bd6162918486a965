#include "sim/analysis/flightllm_checks.h"

#include <functional>

#include "core/fpga/step_timer.h"
#include "platform/assembly/fpga_parameters.h"
#include "platform/config/loader.h"

namespace pim::sim {
namespace {

using platform::Config;

/// Returns the time from the plain timer. A test compares it with the SystemC machine.
double stepSeconds(const ModelShape& shape, const Config& config, std::uint32_t context) {
  fpga::StepTimer timer(platform::fpgaTiming(config));
  host::fpga::Compiler(shape, platform::fpgaCompilerOptions(config))
      .decode(context, [&](const auto&, const auto& instructions) { timer.run(instructions); });
  return static_cast<double>(timer.finish().time) * fpga::kSecondsPerFemtosecond;
}

bool isLlama7b(const ModelShape& s) {
  return s.layers == 32 && s.hidden == 4096 && s.heads == 32 && s.kvHeads == 32 && s.mlp == 11008 &&
         s.vocab == 32000;
}

void addTable(const ModelShape& shape, const Config& config, std::uint32_t context,
              std::vector<Check>& checks) {
  const Config published = platform::loadPreset("flightllm-vhk158-published");
  const double table = stepSeconds(shape, published, context);
  const char* const source = "FlightLLM's table: fitted by its authors, never measured";
  const auto add = [&](const std::string& what, const Config& of) {
    checks.push_back({what, table, stepSeconds(shape, of, context), source});
  };
  add(config.name, config);
  Config honest = published;
  const std::pair<const char*, std::function<void(platform::FpgaConfig&)>> steps[] = {
      {"4 cores without loss", [](auto& f) { f.speedup = 4; }},
      {"and GB for GiB", [](auto& f) { f.bandwidthUnit = platform::BandwidthUnit::kGb; }},
      {"and the cache read once", [](auto& f) { f.cacheReload = false; }},
      {"and MV of outputs that exist", [](auto& f) { f.outputPadding = false; }},
  };
  for (const auto& [what, change] : steps) {
    change(honest.fpga);
    add(what, honest);
  }
}

void addBoard(const ModelShape& shape, const Config& config, std::vector<Check>& checks) {
  constexpr std::uint32_t kShort = 128, kLong = 512;
  constexpr double kMeasuredShort = 17.506e-3, kMeasuredLong = 18.990e-3;
  const char* const source = "measured on a board by others; nothing is fitted to it";
  const double first = stepSeconds(shape, config, kShort), second = stepSeconds(shape, config, kLong);
  checks.push_back({"a step at 128 tokens", kMeasuredShort, first, source});
  checks.push_back({"a step at 512 tokens", kMeasuredLong, second, source});
  checks.push_back({"a token more of context", (kMeasuredLong - kMeasuredShort) / (kLong - kShort),
                    (second - first) / (kLong - kShort), source});
}

}  // namespace

std::vector<Check> flightllmChecks(const ModelShape& shape, const Config& config, std::uint32_t context) {
  std::vector<Check> checks;
  if (!isLlama7b(shape) || config.machine != platform::MachineKind::kFpga) return checks;
  const bool vhk158 = config.name.rfind("flightllm-vhk158", 0) == 0;
  if (vhk158 && context <= 2048) addTable(shape, config, context, checks);
  if (config.name.rfind("flightllm-u280", 0) == 0) addBoard(shape, config, checks);
  return checks;
}

}  // namespace pim::sim
