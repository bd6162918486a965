#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>

#include "core/base/error.h"
#include "sim/cli/notices.h"
#include "sim/cli/progress.h"
#include "sim/cli/user_model.h"
#include "sim/commands/commands.h"
#include "sim/results/report_data.h"
#include "sim/run/chip_run.h"

namespace pim::sim {
namespace {

namespace po = boost::program_options;

/// Returns -ln of the probability of a token, from the softmax over the logits (Q16).
double surprise(const std::vector<std::int32_t>& logits, std::uint32_t token) {
  constexpr double kQ16 = 1.0 / 65536.0;
  const std::int32_t largest = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (const std::int32_t logit : logits) sum += std::exp((logit - static_cast<double>(largest)) * kQ16);
  return std::log(sum) - (logits[token] - static_cast<double>(largest)) * kQ16;
}

}  // namespace

int perplexityCommand(const Arguments& arguments) {
  CommandLine line(
      "perplexity",
      "pimtlm perplexity --weights FILE --text FILE: measures how well the simulated chip predicts a text");
  line.add()  //
      ("weights", po::value<std::string>(),
       "checkpoint: GGUF, llama2.c .bin, safetensors file or folder; or a file written by pimtlm pack")  //
      ("tokenizer", po::value<std::string>()->default_value(""),
       "tokenizer file, if the checkpoint contains no tokenizer")  //
      ("text", po::value<std::string>(), "file of UTF-8 text")     //
      ("tokens", po::value<std::int64_t>(),
       "number of tokens to use, from the start of the text (default: all that fit the context)");
  ChipRun::addOptions(line);
  if (!line.parse(arguments)) return 0;
  const HostMeter meter;
  line.require("weights");
  line.require("text");
  RunRequest request;
  request.config = line.loadConfig();
  const UserModel loaded = loadUserModel(line.get<std::string>("weights"), line.get<std::string>("tokenizer"),
                                         request.config, line.askedKeys());
  if (loaded.tokenizer == nullptr) {
    throw UserError(loaded.tokenizerError.empty()
                        ? "--tokenizer: expected one, since the checkpoint has none inside"
                        : loaded.tokenizerError);
  }
  const auto& path = line.get<std::string>("text");
  std::ifstream file(path, std::ios::binary);
  if (!file) throw UserError(fmt::format("--text {}: expected a readable file", path));
  std::vector<std::uint32_t> ids;
  try {
    ids = loaded.tokenizer->encode(std::string(std::istreambuf_iterator<char>(file), {}));
  } catch (const UserError& error) {
    throw UserError(fmt::format("--text {}: {}", path, error.what()));
  }
  const std::size_t limit =
      line.has("tokens") ? line.count("tokens", 2, 1 << 20) : loaded.model.shape.context;
  if (ids.size() > limit) ids.resize(limit);
  if (ids.size() < 2) throw UserError(fmt::format("--text {}: expected at least two tokens", path));

  request.job.prompt.assign(ids.begin(), ids.end() - 1);
  request.job.generate = 1;
  request.job.ignoreEos = true;
  request.job.everyPosition = true;
  placeUserModel(loaded, static_cast<std::uint32_t>(request.job.prompt.size()), request);

  ChipRun run(line, request);
  tell(loaded.notices);
  Progress progress(line.has("progress"), "token", request.job.prompt.size());
  double sum = 0;
  std::size_t position = 0;
  request.onToken = [&](std::uint32_t, const std::vector<std::int32_t>& logits) {
    sum += surprise(logits, ids[++position]);
    progress.step();
  };
  RunResult result = run.simulate();
  const Report report = makeReport(request, loaded.model.shape, std::move(result), meter.usage());
  const double perplexity = std::exp(sum / static_cast<double>(position));
  Findings findings = run.findings(report);
  findings.result["perplexity"] = {{"value", perplexity}, {"tokens", position}};
  findings.table =
      fmt::format("perplexity {:.4f} over {} tokens of {}\n\n", perplexity, position, path) + findings.table;
  run.write(findings);
  return 0;
}

}  // namespace pim::sim
