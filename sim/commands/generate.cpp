#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <utility>

#include "core/base/error.h"
#include "platform/config/schema.h"
#include "sim/cli/notices.h"
#include "sim/cli/sampling_options.h"
#include "sim/cli/user_model.h"
#include "sim/commands/commands.h"
#include "sim/results/machine_result.h"
#include "sim/results/output.h"
#include "sim/results/report_data.h"
#include "sim/run/chip_run.h"
#include "sim/run/fpga_generate.h"
#include "sim/run/logits_file.h"
#include "sim/run/machine_memory.h"
#include "sim/run/prompt_progress.h"

namespace pim::sim {
namespace {

namespace po = boost::program_options;

CommandLine makeLine() {
  CommandLine line("generate",
                   "pimtlm generate --weights FILE --prompt TEXT --generate M: generates text with a "
                   "checkpoint on the simulated chip");
  line.add()  //
      ("weights", po::value<std::string>(),
       "checkpoint: GGUF, llama2.c .bin, safetensors file or folder; or a file written by pimtlm pack")  //
      ("tokenizer", po::value<std::string>()->default_value(""),
       "tokenizer file, if the checkpoint contains no tokenizer")                   //
      ("prompt", po::value<std::string>(), "text to continue")                      //
      ("prompt-ids", po::value<std::string>(), "token ids instead of text: 1,2,3")  //
      ("forced", po::value<std::string>(),
       "file of token ids: predict the next token after each of them instead of generating")  //
      ("generate", po::value<std::int64_t>()->default_value(64), "most tokens to generate")   //
      ("logits", po::value<std::string>(), "file for the logits of each token, float32")      //
      ("ignore-eos", "continue after an end-of-sequence token");
  SamplingOptions::addTo(line);
  ChipRun::addOptions(line);
  return line;
}

/// Parses ids separated by commas or blanks. `where` names the option or file in the error.
std::vector<std::uint32_t> parseIds(std::string text, std::uint32_t vocab, const std::string& where) {
  if (text.find(',') != std::string::npos) {
    std::istringstream items(text + ' ');
    for (std::string item; std::getline(items, item, ',');) {
      if (item.find_first_of("0123456789") == std::string::npos)
        throw UserError(where + ": expected a token id before and after each comma");
    }
  }
  std::replace(text.begin(), text.end(), ',', ' ');
  std::istringstream words(text);
  std::vector<std::uint32_t> ids;
  for (std::string word; words >> word;) {
    const bool digits = word.size() <= 9 && word.find_first_not_of("0123456789") == std::string::npos;
    const std::uint32_t id = digits ? static_cast<std::uint32_t>(std::stoul(word)) : vocab;
    if (id >= vocab)
      throw UserError(fmt::format("{}: expected token ids below {}, got '{}'", where, vocab, word));
    ids.push_back(id);
  }
  if (ids.empty()) throw UserError(where + ": expected at least one token id");
  return ids;
}

std::vector<std::uint32_t> promptOf(const CommandLine& line, const UserModel& loaded) {
  const std::uint32_t vocab = loaded.model.shape.vocab;
  const int given = line.has("prompt") + line.has("prompt-ids") + line.has("forced");
  if (given != 1) throw UserError("pimtlm generate: expected one of --prompt, --prompt-ids and --forced");
  if (line.has("prompt-ids")) return parseIds(line.get<std::string>("prompt-ids"), vocab, "--prompt-ids");
  if (line.has("forced")) {
    const auto& path = line.get<std::string>("forced");
    std::ifstream file(path);
    if (!file) throw UserError(fmt::format("--forced {}: expected a readable file of token ids", path));
    return parseIds(std::string(std::istreambuf_iterator<char>(file), {}), vocab, "--forced " + path);
  }
  if (loaded.tokenizer == nullptr) {
    throw UserError(loaded.tokenizerError.empty()
                        ? "--prompt: expected --tokenizer, too, or --prompt-ids in its place"
                        : loaded.tokenizerError);
  }
  std::vector<std::uint32_t> ids = loaded.tokenizer->encode(line.get<std::string>("prompt"));
  if (ids.empty()) throw UserError("--prompt: expected text of at least one token");
  return ids;
}

/// Returns the digits at the end of the text in reverse order: the number that a model means if it writes the
/// lowest digit first.
std::string usualOrder(const std::string& text) {
  std::string digits;
  for (const char c : text) {
    if (c >= '0' && c <= '9') digits.push_back(c);
  }
  std::reverse(digits.begin(), digits.end());
  return digits;
}

/// Returns a line with the speed of the host computation.
std::string hostSpeedLine(const RunRequest& request, const nlohmann::ordered_json& host) {
  const double prompt = static_cast<double>(request.job.prompt.size());
  std::string line =
      fmt::format("  host speed: {:.1f} s to load, {:.2f} prompt tokens/s",
                  host["load_seconds"].get<double>(), prompt / host["first_token_seconds"].get<double>());
  if (const double decode = host["decode_tokens_per_second"]; decode > 0)
    line += fmt::format(", then {:.2f} tokens/s", decode);
  return line + '\n';
}

/// Runs the same job on the FPGA.
Findings findingsOnFpga(const host::QuantizedModel& model, const RunRequest& request,
                        const HostMeter& meter) {
  const GenerateJob job{request.job.prompt, request.job.generate, request.job.everyPosition,
                        request.job.ignoreEos, request.onToken};
  const Generated generated = generateOnFpga(model, request.config, job);
  Findings findings;
  findings.result = machineJson(model.shape, request.config, generated.run, false);
  findings.result["tokens"] = generated.tokens;
  findings.result["host"] = hostJson(meter.usage(), findings.result["simulated_seconds"].get<double>());
  findings.table = machineTable(model.shape, request.config, generated.run);
  findings.configYaml = platform::toYaml(request.config);
  return findings;
}

}  // namespace

int generateCommand(const Arguments& arguments) {
  CommandLine line = makeLine();
  if (!line.parse(arguments)) return 0;
  const HostMeter meter;
  line.require("weights");
  RunRequest request;
  request.config = line.loadConfig({platform::MachineKind::kPim, platform::MachineKind::kFpga});
  const bool onFpga = request.config.machine == platform::MachineKind::kFpga;
  const SamplingOptions sampling(line, request.config);
  const UserModel loaded = loadUserModel(line.get<std::string>("weights"), line.get<std::string>("tokenizer"),
                                         request.config, line.askedKeys());
  const ModelShape& shape = loaded.model.shape;
  sampling.apply(request.job, shape.vocab);
  request.job.prompt = promptOf(line, loaded);
  request.job.everyPosition = line.has("forced");
  request.job.generate = request.job.everyPosition ? 1 : line.count("generate", 1, 1 << 20);
  request.job.ignoreEos = line.has("ignore-eos") || request.job.everyPosition;

  const auto prompt = static_cast<std::uint32_t>(request.job.prompt.size());
  std::optional<ChipRun> run;
  std::optional<Output> output;
  if (onFpga) {
    line.refuseUnlessPim({"timeline", "timeline-window", "wave", "wave-dir"}, request.config);
    if (request.job.sampling.multiplier != 0)
      throw UserError("--temperature: expected 0 on machine: fpga, which has no sampler");
    requireMemory(shape, request.config, prompt + request.job.generate - 1);
    output.emplace(line);
  } else {
    placeUserModel(loaded, prompt + request.job.generate - 1, request);
    run.emplace(line, request);
  }
  std::optional<LogitsFile> logitsFile;
  if (line.has("logits")) logitsFile.emplace(line.get<std::string>("logits"));
  const bool show = !request.job.everyPosition && loaded.tokenizer != nullptr && !line.jsonToStdout();
  std::string text;
  std::optional<host::TokenStream> stream;
  if (loaded.tokenizer != nullptr) stream.emplace(*loaded.tokenizer, true);
  tell(loaded.notices);
  tellIfLonger(prompt + request.job.generate - 1, shape.context);
  const bool quiet = line.has("quiet");
  std::optional<PromptProgress> progress;
  if (!onFpga && !quiet && Progress::isShown(line.has("progress"))) {
    progress.emplace(line.has("progress"), prompt);
    request.observers.push_back(&*progress);
  }
  std::string echo = show && !quiet && line.has("prompt") ? line.get<std::string>("prompt") : "";
  request.onToken = [&](std::uint32_t token, const std::vector<std::int32_t>& logits) {
    if (progress) progress->finish();
    if (!echo.empty())
      std::cout << std::exchange(echo, "") << std::flush;  // a line of progress may have overwritten it
    if (logitsFile) logitsFile->append(logits);
    if (!stream) return;
    const std::string piece = stream->push(token);
    text += piece;
    if (show) std::cout << piece << std::flush;
  };

  Findings findings;
  std::optional<Report> report;  // of the chip
  if (onFpga) {
    findings = findingsOnFpga(loaded.model, request, meter);
  } else {
    RunResult result = run->simulate();
    report = makeReport(request, shape, std::move(result), meter.usage());
    findings = run->findings(*report);
    findings.result["host"].update(hostSpeedJson(meter, report->result));
    findings.table += hostSpeedLine(request, findings.result["host"]);
  }
  const auto write = [&] { onFpga ? output->write(findings) : run->write(findings); };
  if (stream) {
    const std::string rest = stream->finish();
    text += rest;
    if (show) std::cout << rest << std::flush;
  }
  nlohmann::ordered_json& json = findings.result;
  sampling.report(json);
  if (loaded.tokenizer != nullptr) json["text"] = text;
  if (show && quiet && isatty(STDOUT_FILENO) == 1) std::cout << '\n';
  std::string table = show ? "\n\n" : "";
  if (loaded.answerReversed && !request.job.everyPosition) {
    json["answer"] = usualOrder(text);
    table +=
        fmt::format("The model writes the last digit first. In the usual order: {}\n\n", usualOrder(text));
  }
  findings.table = table + findings.table;
  try {
    if (logitsFile) json["logits_sha256"] = logitsFile->commit();
  } catch (const UserError&) {
    write();  // the results are useful even without the file of logits
    throw;
  }
  write();
  return 0;
}

}  // namespace pim::sim
