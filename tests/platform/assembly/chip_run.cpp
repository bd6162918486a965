#include "tests/platform/assembly/chip_run.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "sim/run/mapping.h"
#include "sw/host/layout/planner.h"
#include "sw/host/pack/packer.h"
#include "sw/host/quantise/random_model.h"

namespace pim::test {
namespace {

platform::Config configOf(const ChipRun& run) {
  return platform::loadPreset("aim8", smallChip() + run.overrides);
}

ChipOutcome simulateHere(const ChipRun& run) {
  ChipOutcome outcome;
  sim::RunRequest request;
  request.config = configOf(run);
  request.layout =
      host::planModel(run.shape, sim::chipShape(request.config), sim::mappingOptions(request.config),
                      run.context + static_cast<std::uint32_t>(run.prompt.size()) + run.generate - 1);
  host::QuantizedModel model;
  if (run.functional) {
    model = modelOf(run);
    host::bindModel(request.layout, model);
    request.model = &model;
  }
  request.job.prompt = run.prompt;
  request.job.generate = run.generate;
  request.job.position = run.context;
  request.job.ignoreEos = true;
  request.job.everyPosition = run.everyPosition;
  request.onToken = [&](std::uint32_t, const std::vector<std::int32_t>& logits) {
    outcome.logits.push_back(logits);
  };
  outcome.result = sim::simulate(request);
  return outcome;
}

/// Bytes through a pipe; both ends are the same program, so objects may be sent as they are.
class Pipe {
 public:
  Pipe() {
    if (pipe(m_ends) != 0) throw std::runtime_error("no pipe");
  }
  void writeOnly() {
    close(m_ends[0]);
    m_stream = fdopen(m_ends[1], "wb");
  }
  void readOnly() {
    close(m_ends[1]);
    m_stream = fdopen(m_ends[0], "rb");
  }
  void finish() { std::fclose(m_stream); }
  bool complete() const { return m_complete; }

  template <typename T>
  void put(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    std::fwrite(&value, sizeof value, 1, m_stream);
  }
  template <typename T>
  void get(T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    m_complete = std::fread(&value, sizeof value, 1, m_stream) == 1 && m_complete;
  }
  void put(const std::string& text) { put(std::vector<char>(text.begin(), text.end())); }
  void get(std::string& text) {
    std::vector<char> characters;
    get(characters);
    text.assign(characters.begin(), characters.end());
  }
  template <typename T>
  void put(const std::vector<T>& values) {
    put(values.size());
    for (const T& value : values) put(value);
  }
  template <typename T>
  void get(std::vector<T>& values) {
    std::size_t size = 0;
    get(size);
    if (!m_complete) return;
    values.resize(size);
    for (T& value : values) get(value);
  }
  void put(const BankBusy& busy) { put(busy.perBank()); }
  void get(BankBusy& busy) {
    std::vector<Picoseconds> perBank;
    get(perBank);
    busy = BankBusy(std::move(perBank), 1);
  }

 private:
  int m_ends[2];
  std::FILE* m_stream = nullptr;
  bool m_complete = true;
};

/// Calls visit(field) for all of an outcome that crosses the pipe.
template <typename Outcome, typename Visit>
void forEachField(Outcome& outcome, Visit visit) {
  visit(outcome.error);
  visit(outcome.logits);
  visit(outcome.result.tokens);
  visit(outcome.result.tokenTimes);
  visit(outcome.result.phases);
  visit(outcome.result.statistics.counters);
  visit(outcome.result.statistics.bankBusy);
  visit(outcome.result.end);
  visit(outcome.result.dramCommands);
  visit(outcome.result.dramViolations);
}

/// Counters by name, so that a difference can be read.
std::vector<std::pair<std::string, std::int64_t>> named(const Counters& c) {
  std::vector<std::pair<std::string, std::int64_t>> list;
  const auto add = [&list](const std::string& name, auto value) {
    list.emplace_back(name, static_cast<std::int64_t>(value));
  };
  for (std::size_t i = 0; i < kComponents; ++i) {
    add(std::string("busy ") + componentName(static_cast<Component>(i)), c.busy[i]);
  }
  for (std::size_t i = 0; i < PIM_STREAM_COUNT; ++i) {
    const std::string of = i == PIM_STREAM_KV ? " of kv" : " of weights";
    add("bank bytes" + of, c.bankBytes[i]);
    add("link in bytes" + of, c.linkInBytes[i]);
    add("link out bytes" + of, c.linkOutBytes[i]);
    add("controller bytes" + of, c.controllerBytes[i]);
    add("messages" + of, c.messages[i]);
  }
  add("commands", c.commands);
  add("mac operations", c.macOperations);
  add("bank busy", c.bankBusy);
  add("link busy", c.linkBusy);
  add("controller busy", c.controllerBusy);
  add("mac busy", c.macBusy);
  add("activates", c.dram.activates);
  add("precharges", c.dram.precharges);
  add("column reads", c.dram.columnReads);
  add("column macs", c.dram.columnMacs);
  add("column writes", c.dram.columnWrites);
  add("refreshes", c.dram.refreshes);
  add("rows found open", c.dram.rowsFoundOpen);
  add("bram bytes", c.bramBytes);
  add("die ram bytes", c.dieRamBytes);
  add("core cycles", c.core.cycles);
  return list;
}

std::string firstDifference(const Counters& a, const Counters& b) {
  const auto x = named(a), y = named(b);
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (x[i] != y[i]) return fmt::format("{}: {} and {}", x[i].first, x[i].second, y[i].second);
  }
  return a == b ? "" : "a counter without a name";
}

/// Index and values of the first element in which two lists differ.
template <typename T>
std::string firstDifference(const char* what, const std::vector<T>& a, const std::vector<T>& b) {
  if (a.size() != b.size()) return fmt::format("{} {} and {}", a.size(), what, b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i]) return fmt::format("{} {}: {} and {}", what, i, a[i], b[i]);
  }
  return "";
}

std::string firstDifference(const Phase& a, const Phase& b) {
  if (a.kind != b.kind || a.index != b.index) return "kind or index";
  if (a.start != b.start || a.end != b.end) {
    return fmt::format("{}..{} ps and {}..{} ps", a.start, a.end, b.start, b.end);
  }
  std::string counters = firstDifference(a.counters, b.counters);
  if (!counters.empty()) return counters;
  for (std::size_t i = 0; i < kComponents; ++i) {
    if (a.critical[i] != b.critical[i]) {
      return fmt::format("critical path through {}: {} ps and {} ps",
                         componentName(static_cast<Component>(i)), a.critical[i], b.critical[i]);
    }
  }
  return "";
}

}  // namespace

const platform::Overrides& smallChip() {
  static const platform::Overrides overrides{
      "chip.dies=2",           "chip.banks_per_die=4", "bank.bmem_mib=1",          "bank.bram_kib=16",
      "controller.cmem_mib=4", "weights.group=32",     "controller.queue_depth=32"};
  return overrides;
}

platform::Overrides wholeChip() {
  return {"chip.dies=8",
          "chip.banks_per_die=16",
          "bank.bmem_mib=32",
          "bank.bram_kib=64",
          "controller.cmem_mib=256",
          "weights.group=128",
          "controller.queue_depth=64"};
}

platform::Overrides weightMapping(const std::string& name) {
  if (name == "2d") return {"mapping.weights=2d", "mapping.column_parts=2"};
  return {"mapping.weights=" + name};
}

platform::Overrides operator+(platform::Overrides first, const platform::Overrides& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

ModelShape tinyShape() {
  ModelShape shape;
  shape.name = "tiny";
  shape.layers = 2;
  shape.hidden = 128;
  shape.heads = 8;
  shape.kvHeads = 4;
  shape.headDim = 16;
  shape.mlp = 224;
  shape.vocab = 150;
  shape.context = 64;
  shape.ropeTheta = 10000;
  shape.rmsEpsilon = 1e-5;
  return shape;
}

host::QuantizedModel modelOf(const ChipRun& run) {
  constexpr std::uint64_t kSeed = 3;
  return host::makeRandomModel(run.shape, sim::mappingOptions(configOf(run)).weights, kSeed);
}

ChipOutcome runChip(const ChipRun& run) {
  Pipe channel;
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("no child process");
  if (child == 0) {
    channel.writeOnly();
    sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);  // that it stopped
    sc_core::sc_report_handler::set_actions(sc_core::SC_WARNING, sc_core::SC_THROW);
    ChipOutcome outcome;
    try {
      outcome = simulateHere(run);
    } catch (const std::exception& error) {
      outcome = {};
      outcome.error = error.what();
    }
    forEachField(outcome, [&](const auto& field) { channel.put(field); });
    channel.finish();
    _exit(0);  // the parent's test results are not the child's to report
  }
  channel.readOnly();
  ChipOutcome outcome;
  forEachField(outcome, [&](auto& field) { channel.get(field); });
  channel.finish();
  int status = 0;
  rusage usage{};
  wait4(child, &status, 0, &usage);
  outcome.peakBytes = static_cast<std::size_t>(usage.ru_maxrss) << 10;
  if (!channel.complete()) outcome.error = fmt::format("the run died with status {:#x}", status);
  return outcome;
}

std::string firstDifference(const ChipOutcome& first, const ChipOutcome& second) {
  if (first.error != second.error) return "errors '" + first.error + "' and '" + second.error + "'";
  const sim::RunResult& a = first.result;
  const sim::RunResult& b = second.result;
  std::string times = firstDifference("token times", a.tokenTimes, b.tokenTimes);
  if (!times.empty()) return times;
  if (a.phases.size() != b.phases.size()) return "number of phases";
  for (std::size_t i = 0; i < a.phases.size(); ++i) {
    const std::string phase = firstDifference(a.phases[i], b.phases[i]);
    if (!phase.empty()) return fmt::format("phase {}: {}", i, phase);
  }
  const std::string counters = firstDifference(a.statistics.counters, b.statistics.counters);
  if (!counters.empty()) return "whole run: " + counters;
  std::string banks =
      firstDifference("busy time of bank", a.statistics.bankBusy.perBank(), b.statistics.bankBusy.perBank());
  if (!banks.empty()) return banks;
  return a.end == b.end ? "" : "end of the simulation";
}

}  // namespace pim::test
