#include "sim/cosim/chip_bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <ctime>
#include <random>

#include "core/base/error.h"
#include "sim/cli/user_model.h"
#include "sim/run/own_process.h"
#include "sim/run/simulation.h"

namespace pim::cosim {
namespace {

/// Stores the results of a run of known size as a sequence of bytes, to pass them between processes.
class Record {
 public:
  Record(std::size_t tokens, std::size_t logits, std::size_t parts) {
    m_run.tokens.resize(tokens);
    m_run.logits.resize(logits);
    m_run.parts.resize(parts);
  }
  std::size_t bytes() {
    std::size_t sum = 0;
    forEach([&](void*, std::size_t size) { sum += size; });
    return sum;
  }
  void store(const ChipBenchRun& run, unsigned char* to) {
    if (run.tokens.size() != m_run.tokens.size() || run.logits.size() != m_run.logits.size())
      throw std::logic_error("the chip gave another number of tokens than it was asked for");
    m_run = run;
    forEach([&](void* field, std::size_t size) {
      std::memcpy(to, field, size);
      to += size;
    });
  }
  ChipBenchRun load(const unsigned char* from) {
    forEach([&](void* field, std::size_t size) {
      std::memcpy(field, from, size);
      from += size;
    });
    return m_run;
  }

 private:
  template <typename Visit>
  void forEach(Visit visit) {
    visit(m_run.tokens.data(), m_run.tokens.size() * sizeof m_run.tokens[0]);
    visit(m_run.logits.data(), m_run.logits.size() * sizeof m_run.logits[0]);
    visit(m_run.parts.data(), m_run.parts.size() * sizeof m_run.parts[0]);
    visit(&m_run.end, sizeof m_run.end);
  }
  ChipBenchRun m_run;
};

}  // namespace

std::vector<std::uint32_t> promptOf(const ChipBenchOptions& options, std::uint32_t vocabulary) {
  if (!options.prompt.empty()) return options.prompt;
  std::mt19937_64 random(options.seed);
  std::vector<std::uint32_t> prompt(options.promptTokens);
  for (std::uint32_t& id : prompt) id = static_cast<std::uint32_t>(random() % vocabulary);
  return prompt;
}

ChipBenchRun runChip(const ChipBenchOptions& options, const std::string& fidelity,
                     const std::vector<std::uint32_t>& prompt) {
  sim::RunRequest request;
  request.rtl = options.rtl;
  platform::Overrides overrides = options.overrides;
  for (const char* block : {"banks", "dies", "alus"})
    overrides.push_back(fmt::format("rtl.{}={}", block, fidelity));
  request.config = platform::loadPreset(options.preset, overrides);
  const sim::UserModel loaded = sim::loadUserModel(options.weights, "", request.config);
  request.job.prompt = prompt;
  request.job.generate = options.generate;
  request.job.ignoreEos = true;
  sim::placeUserModel(loaded, static_cast<std::uint32_t>(prompt.size()) + options.generate - 1, request);
  LayerTimes times(loaded.model.shape.layers);
  request.observers.push_back(&times);
  ChipBenchRun run;
  request.onToken = [&run](std::uint32_t, const std::vector<std::int32_t>& logits) {
    run.logits.insert(run.logits.end(), logits.begin(), logits.end());
  };
  const std::clock_t begin = std::clock();
  const sim::RunResult result = sim::simulate(request);
  run.cpuSeconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  run.tokens = result.tokens;
  run.parts = times.parts();
  run.end = result.end;
  return run;
}

std::string ChipBenchResult::difference() const {
  for (std::size_t i = 0; i < std::min(tlm.tokens.size(), rtl.tokens.size()); ++i) {
    if (tlm.tokens[i] != rtl.tokens[i])
      return fmt::format("token {}: expected {}, RTL {}", i, tlm.tokens[i], rtl.tokens[i]);
  }
  if (tlm.tokens.size() != rtl.tokens.size())
    return fmt::format("tokens: expected {}, RTL {}", tlm.tokens.size(), rtl.tokens.size());
  if (tlm.logits.size() != rtl.logits.size())
    return fmt::format("logits: expected {}, RTL {}", tlm.logits.size(), rtl.logits.size());
  const auto at = std::mismatch(tlm.logits.begin(), tlm.logits.end(), rtl.logits.begin());
  if (at.first == tlm.logits.end()) return {};
  const auto index = static_cast<std::size_t>(at.first - tlm.logits.begin());
  const std::size_t vocabulary = tlm.logits.size() / tlm.tokens.size();
  return fmt::format("logit {} of token {}: expected {}, RTL {}", index % vocabulary, index / vocabulary,
                     *at.first, *at.second);
}

double ChipBenchResult::excess(std::size_t layer) const {
  return static_cast<double>(rtl.parts[layer].total) / static_cast<double>(tlm.parts[layer].total) - 1;
}

std::string ChipBenchResult::table() const {
  const auto ns = [](Picoseconds time) { return static_cast<double>(time) / 1000; };
  std::string text = fmt::format("{:<10}{:>13}{:>13}{:>9}    busy, TLM and RTL: {:>16}{:>18}{:>20}\n", "ns",
                                 "TLM", "RTL", "RTL", "ALUs", "links", "banks");
  for (std::size_t i = 0; i <= layers(); ++i) {
    const LayerTimes::Part &a = tlm.parts[i], &b = rtl.parts[i];
    text += fmt::format(
        "{:<10}{:>13.1f}{:>13.1f}{:>+8.3f}%{:>28.0f}{:>9.0f}{:>9.0f}{:>9.0f}{:>11.0f}{:>9.0f}\n",
        i < layers() ? fmt::format("layer {}", i) : "the rest", ns(a.total), ns(b.total), 100 * excess(i),
        ns(a.alus), ns(b.alus), ns(a.links), ns(b.links), ns(a.banks), ns(b.banks));
  }
  return text;
}

ChipBenchResult runChipBench(const ChipBenchOptions& options) {
  platform::Config config = platform::loadPreset(options.preset, options.overrides);
  const ModelShape shape = sim::loadUserModel(options.weights, "", config).model.shape;
  ChipBenchResult result;
  result.prompt = promptOf(options, shape.vocab);

  Record record(options.generate, std::size_t{options.generate} * shape.vocab, shape.layers + 1);
  std::vector<unsigned char> bytes(record.bytes());
  const auto model = [&](void* to) {
    record.store(runChip(options, "tlm", result.prompt), static_cast<unsigned char*>(to));
  };
  if (!sim::runInOwnProcess(model, bytes.data(), bytes.size()))
    throw UserError("");  // the child process has printed the reason
  result.tlm = record.load(bytes.data());
  const DieScheduleRecording recording;
  result.rtl = runChip(options, options.fidelity, result.prompt);
  result.dies = recording.replay();
  return result;
}

}  // namespace pim::cosim
