#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iostream>

#include "core/base/error.h"
#include "core/base/printable.h"
#include "platform/config/schema.h"
#include "platform/config/validate.h"
#include "sim/cli/notices.h"
#include "sim/cli/user_model.h"
#include "sim/commands/commands.h"
#include "sim/results/output.h"
#include "sim/results/report_data.h"
#include "sw/host/pack/packed_model.h"

namespace pim::sim {
namespace {

namespace po = boost::program_options;

CommandLine makeLine() {
  CommandLine line("pack",
                   "pimtlm pack --weights FILE --image FILE: converts a checkpoint to the layout of a chip;\n"
                   "pimtlm pack --verify --image FILE: checks every byte of such a file");
  line.add()                                                                                                //
      ("weights", po::value<std::string>(), "checkpoint: GGUF, llama2.c .bin, safetensors file or folder")  //
      ("tokenizer", po::value<std::string>()->default_value(""),
       "tokenizer file, if the checkpoint contains no tokenizer")                                       //
      ("image", po::value<std::string>(), "file of the packed model, for --weights of other commands")  //
      ("context", po::value<std::int64_t>()->default_value(0),
       "tokens for which the KV cache must have room beside the weights; 0: as many as fit")  //
      ("sparsity", po::value<std::string>(),
       "weights to keep of each 16 neighbours: 8, 4 or 2; the same as --set weights.sparsity=")  //
      ("calibration", po::value<std::string>(),
       "text file: drop the weights with the smallest product of magnitude and root mean square of their "
       "input over this text")  //
      ("verify", "check the image instead of writing one");
  return line;
}

int verifyImage(const CommandLine& line) {
  if (line.has("weights")) throw UserError("--verify: expected without --weights");
  const auto& path = line.get<std::string>("image");
  Output output(line);
  host::PackedModel(path).verify();
  const auto bytes = std::filesystem::file_size(path);
  output.write({{{"image", {{"path", path}, {"bytes", bytes}, {"verified", true}}}},
                fmt::format("{}: {} bytes, as they were written\n", path, bytes),
                platform::toYaml(line.loadConfig()),
                {}});
  return 0;
}

void setSparsity(platform::Config& config, const std::string& text) {
  for (platform::Field& field : platform::configSchema(config)) {
    if (field.key != "weights.sparsity") continue;
    if (!field.assign(text))
      throw UserError(fmt::format("--sparsity: expected {}, got {}", field.expectation(), printable(text)));
  }
  if (const auto violation = platform::findViolation(config))
    throw UserError(fmt::format("--sparsity: {}: {}", violation->keys.front(), violation->expectation));
}

std::string calibrationText(const CommandLine& line) {
  if (!line.has("calibration")) return {};
  const auto& path = line.get<std::string>("calibration");
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file || text.empty())
    throw UserError(fmt::format("--calibration {}: expected a readable file of text", path));
  return text;
}

host::PackedExtras extrasOf(const CommandLine& line, const UserModel& loaded) {
  const auto& weights = line.get<std::string>("weights");
  host::PackedExtras extras;
  extras.source = std::filesystem::path(weights).filename().string();
  extras.answerReversed = loaded.answerReversed;
  if (const auto path = host::findTokenizer(weights, line.get<std::string>("tokenizer")))
    extras.tokenizer = host::readTokenizerFile(*path);
  return extras;
}

}  // namespace

int packCommand(const Arguments& arguments) {
  CommandLine line = makeLine();
  if (!line.parse(arguments)) return 0;
  const HostMeter meter;
  line.require("image");
  if (line.has("verify")) return verifyImage(line);
  line.require("weights");
  const auto& weights = line.get<std::string>("weights");
  if (host::isImage(weights)) throw UserError(fmt::format("--weights {}: it is packed already", weights));
  RunRequest request;
  request.config = line.loadConfig();
  if (line.has("sparsity")) setSparsity(request.config, line.get<std::string>("sparsity"));
  const std::uint32_t context = line.count("context", 0, 1 << 20);
  const UserModel loaded = loadUserModel(weights, line.get<std::string>("tokenizer"), request.config,
                                         line.askedKeys(), calibrationText(line));
  placeUserModel(loaded, context, request);

  Output output(line);
  const auto& path = line.get<std::string>("image");
  const std::uint64_t bytes =
      host::writePackedModel(path, loaded.model, request.layout,
                             placementRequest(request.config, loaded, context), extrasOf(line, loaded));
  tell(loaded.notices);
  nlohmann::ordered_json json;
  json["config"] = platform::toJson(request.config);
  json["image"] = {{"path", path}, {"bytes", bytes}, {"max_context", request.layout.plan.context_limit}};
  json["host"] = hostJson(meter.usage(), 0);
  output.write({json,
                fmt::format("{}: {} for {} dies x {} banks, {} bytes, context up to {} tokens\n", path,
                            loaded.model.shape.name, request.config.chip.dies,
                            request.config.chip.banksPerDie, bytes, request.layout.plan.context_limit),
                platform::toYaml(request.config),
                {}});
  return 0;
}

}  // namespace pim::sim
