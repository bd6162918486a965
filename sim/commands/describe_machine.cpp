#include "sim/commands/describe_machine.h"

#include <fmt/format.h>

#include "core/phone/kernels.h"
#include "platform/assembly/fpga_parameters.h"
#include "platform/assembly/phone_parameters.h"
#include "platform/config/loader.h"
#include "platform/config/schema.h"
#include "sim/results/output.h"
#include "sim/results/report_data.h"

namespace pim::sim {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint32_t kLongest = 2048;  // longest length for which FlightLLM has programs

Json programMemoryJson(const ModelShape& shape, const platform::Config& config) {
  const host::fpga::CompilerOptions options = platform::fpgaCompilerOptions(config);
  const host::fpga::ProgramMemory memory = host::fpga::programMemory(
      shape, options, platform::fpgaMask(config), kLongest, platform::fpgaStairs(config));
  return {{"decode_1024_bytes", host::fpga::Compiler(shape, options).decodeBytes(1024)},
          {"longest", kLongest},
          {"all_lengths_bytes", memory.all()},
          {"stairs_bytes", memory.stairs()},
          {"ratio", memory.ratio()},
          {"ratio_shared_by_cores", memory.ratio() * config.fpga.cores}};
}

}  // namespace

void describeMachine(const CommandLine& line, const platform::Config& config, const HostMeter& meter) {
  Output output(line);
  Json json;
  json["config"] = platform::toJson(config);
  std::string table = platform::toYaml(config);
  if (line.has("model")) {
    const ModelShape shape = platform::loadModel(line.get<std::string>("model"));
    json["model"] = {{"name", shape.name}};
    if (config.machine == platform::MachineKind::kFpga) {
      const Json memory = programMemoryJson(shape, config);
      json["instruction_memory"] = memory;
      table += fmt::format(
          "\ninstruction memory of {} with attention.mask: {}\n"
          "  a decode step at 1024 tokens     {} bytes\n"
          "  one program for each of {} lengths  {:.4f} TB per core\n"
          "  stairs of {} and {}              {:.3f} GB per core: {:.1f} times less, {:.0f} times where the "
          "cores share one\n",
          shape.name, config.attention.mask, memory["decode_1024_bytes"].get<std::uint64_t>(), kLongest,
          memory["all_lengths_bytes"].get<double>() / 1e12, config.fpga.prefillStair, config.fpga.decodeStair,
          memory["stairs_bytes"].get<double>() / 1e9, memory["ratio"].get<double>(),
          memory["ratio_shared_by_cores"].get<double>());
    } else {
      const double bytes = phone::modelBytes(shape, platform::phoneStorage(config));
      json["capacity"] = {{"model", bytes}};
      table += fmt::format("\n{} takes {:.3f} GB\n", shape.name, bytes / 1e9);
    }
  }
  json["host"] = hostJson(meter.usage(), 0);
  output.write({json, table, platform::toYaml(config), {}});
}

}  // namespace pim::sim
