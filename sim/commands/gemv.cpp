#include <fmt/format.h>

#include "platform/config/schema.h"
#include "sim/commands/commands.h"
#include "sim/results/counters_json.h"
#include "sim/results/report_data.h"
#include "sim/run/chip_run.h"
#include "sim/run/mapping.h"
#include "sw/host/layout/planner.h"

namespace pim::sim {
namespace {

namespace po = boost::program_options;
using Json = nlohmann::ordered_json;

}  // namespace

int gemvCommand(const Arguments& arguments) {
  CommandLine line(
      "gemv",
      "pimtlm gemv --rows R --cols C [--batch B]: simulates one matrix-vector product, for calibration");
  line.add()                                                                 //
      ("rows", po::value<std::int64_t>(), "rows (outputs) of the matrix")    //
      ("cols", po::value<std::int64_t>(), "columns (inputs) of the matrix")  //
      ("batch", po::value<std::int64_t>()->default_value(1), "number of input vectors");
  ChipRun::addOptions(line);
  if (!line.parse(arguments)) return 0;
  const HostMeter meter;
  constexpr std::uint32_t kMost = 1 << 24;
  const std::uint32_t rows = line.count("rows", 1, kMost);
  const std::uint32_t columns = line.count("cols", 1, kMost);
  const std::uint32_t batch = line.count("batch", 1, 1 << 16);

  RunRequest request;
  request.config = line.loadConfig();
  request.layout =
      host::planMatrix(rows, columns, batch, chipShape(request.config), mappingOptions(request.config));
  ChipRun run(line, request);
  request.job.kind = PIM_JOB_MATRIX;
  request.job.prompt.resize(batch);

  const RunResult result = run.simulate();
  const Stage stage = decodeStage(result);
  const auto busy = [&](Component component) {
    return static_cast<double>(stage.counters.busy[static_cast<std::size_t>(component)]) *
           kSecondsPerPicosecond;
  };
  const double bank = busy(Component::BankWeights);
  const double streamed = static_cast<double>(stage.counters.bankBytes[PIM_STREAM_WEIGHTS]);

  Json json;
  json["config"] = platform::toJson(request.config);
  json["gemv"] = {{"rows", rows},
                  {"cols", columns},
                  {"batch", batch},
                  {"seconds", stage.seconds},
                  {"bank_seconds", bank},
                  {"link_seconds", busy(Component::LinkWeights)},
                  {"latency_seconds", busy(Component::Latency)},
                  {"bank_bytes", streamed},
                  {"bank_gb_per_s", streamed / bank / 1e9},
                  {"messages", stage.counters.messages[PIM_STREAM_WEIGHTS]}};
  json["dram"] = countersJson("dram", stage.counters);
  json["host"] = hostJson(meter.usage(), stage.seconds);
  const std::string table = fmt::format(
      "{} x {} matrix, {} vector(s), on {}\n"
      "  in all          {:10.3f} us\n"
      "  banks           {:10.3f} us   {:.0f} GB/s\n"
      "  links           {:10.3f} us\n"
      "  fixed latency   {:10.3f} us\n"
      "  DRAM            {} activates, {} refreshes\n",
      rows, columns, batch, request.config.name, stage.seconds * 1e6, bank * 1e6, streamed / bank / 1e9,
      busy(Component::LinkWeights) * 1e6, busy(Component::Latency) * 1e6, stage.counters.dram.activates,
      stage.counters.dram.refreshes);
  run.write({json, table, platform::toYaml(request.config), {}});
  return 0;
}

}  // namespace pim::sim
