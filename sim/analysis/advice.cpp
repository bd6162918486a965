#include "sim/analysis/advice.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <exception>
#include <map>

#include "sim/analysis/metrics.h"
#include "sim/run/mapping.h"
#include "sim/run/own_process.h"
#include "sim/run/simulation.h"
#include "sim/run/synthetic_prompt.h"
#include "sw/host/layout/planner.h"

namespace pim::sim {
namespace {

using platform::Change;
using platform::Config;

/// Of one run; crosses a pipe.
struct Rates {
  bool done = false;
  double prefill = 0, decode = 0;  ///< tokens a second; 0: there was none
};

/// The job, and how many tokens the layout has room for.
struct Work {
  RunJob job;
  std::uint32_t room = 0;
};

RunRequest requestOf(const ModelShape& shape, const Config& config, const Work& work) {
  RunRequest request;
  request.config = config;
  request.layout = host::planModel(shape, chipShape(config), mappingOptions(config), work.room);
  request.job.prompt = syntheticPrompt(work.job.prompt, shape.vocab);
  request.job.generate = work.job.generate;
  request.job.position = work.job.context;
  request.job.ignoreEos = true;
  return request;
}

Rates ratesOf(const ModelShape& shape, const Config& config, const Work& work) {
  Rates rates;
  const RunResult result = simulate(requestOf(shape, config, work));
  rates.prefill = prefillStage(result, work.job.prompt).tokensPerSecond();
  rates.decode = decodeStage(result).tokensPerSecond();
  rates.done = true;
  return rates;
}

/// Simulates many chips. A chip that is refused, or that breaks, is not done.
std::vector<Rates> ratesOf(const ModelShape& shape, const std::vector<Config>& chips, const Work& work,
                           unsigned atOnce, const std::function<void()>& step) {
  std::vector<Rates> all(chips.size());
  runInOwnProcesses<Rates>(
      chips.size(), atOnce,
      [&](std::size_t i) {
        try {
          return ratesOf(shape, chips[i], work);
        } catch (const std::exception&) {
          return Rates{};
        }
      },
      all, step);
  return all;
}

/// Some tiles of the prompt and one token, at the mean context of the decode tokens.
Work shortened(const Work& work, const Config& config) {
  constexpr std::uint32_t kTurns = 4;  // of all tiles in flight
  const std::uint32_t tiles = kTurns * config.mapping.tokenTile * config.schedule.tilesInFlight;
  const RunJob& job = work.job;
  Work less = work;
  less.job.prompt = std::min(job.prompt, tiles);
  less.job.generate = std::min(job.generate, 2u);
  less.job.context = job.context + job.prompt - less.job.prompt + (job.generate - less.job.generate) / 2;
  return less;
}

Config asSimulatedFast(Config config) {
  config.simulation.exactBanks = config.simulation.checkTiming = false;
  config.rtl.banks = config.rtl.dies = config.rtl.alus = platform::Fidelity::kTlm;
  return config;
}

/// Clocks of the firmware's core, as multiples of its own, that are tried.
constexpr std::array<double, 9> kSlowerCores{2, 5, 10, 20, 50, 100, 200, 500, 1000};

double gain(double before, double after) {
  return before > 0 ? after / before - 1 : 0;
}

class Adviser {
 public:
  Adviser(const ModelShape& shape, const Config& config, const RunJob& job, unsigned atOnce,
          const std::function<void()>& step)
      : m_shape(shape),
        m_config(asSimulatedFast(config)),
        m_work{job, job.context + job.prompt + job.generate - 1},
        m_atOnce(atOnce),
        m_step(step) {}

  Advice advise() {
    requestOf(m_shape, m_config, m_work);  // or say why it does not fit
    screen();
    runTheBest();
    Advice advice;
    advice.tried = m_changes.size();
    advice.prefill = named(&Rates::prefill);
    if (m_work.job.generate > 1) advice.decode = named(&Rates::decode);
    advice.core = m_core;
    return advice;
  }

 private:
  /// All changes and slower cores, for a few tokens.
  void screen() {
    m_changes = platform::singleChanges(m_config);
    std::vector<Config> chips{m_config};
    for (const Change& change : m_changes) chips.push_back(platform::changed(m_config, change));
    for (const double factor : kSlowerCores) {
      Config slower = m_config;
      slower.controller.firmwareClockNs *= factor;
      chips.push_back(slower);
    }
    const Work work = shortened(m_work, m_config);
    const std::vector<Rates> rates = ratesOf(m_shape, chips, work, m_atOnce, m_step);
    for (std::size_t i = 0; i < m_changes.size(); ++i) {
      const Rates& of = rates[1 + i];
      m_screened.push_back({of.done, gain(rates[0].prefill, of.prefill), gain(rates[0].decode, of.decode)});
    }
    if (work.job.generate < 2) return;
    for (std::size_t i = 0; i < kSlowerCores.size(); ++i) {
      const Rates& of = rates[1 + m_changes.size() + i];
      if (!of.done) return;
      const double cost = rates[0].decode / of.decode - 1;
      if (m_core && cost > kWorthNaming) return;  // the one before it was the slowest
      m_core = CoreHeadroom{kSlowerCores[i], cost};
    }
  }

  /// Candidates of a stage and a cost that promise most, as indices of changes.
  std::vector<std::size_t> promising(double Rates::*stage, platform::Lever::Cost cost) const {
    std::vector<std::size_t> best;
    for (std::size_t i = 0; i < m_changes.size(); ++i) {
      // A few tokens are not the job: what comes close is run as well.
      if (m_screened[i].done && m_changes[i].cost == cost && m_screened[i].*stage > kWorthNaming / 2)
        best.push_back(i);
    }
    std::stable_sort(best.begin(), best.end(), [&](std::size_t a, std::size_t b) {
      return m_screened[a].*stage > m_screened[b].*stage;
    });
    best.resize(std::min(best.size(), kMostNamed));
    return best;
  }

  void runTheBest() {
    for (const auto& [cost, name, note] : kKindsOfAdvice) {
      for (double Rates::*const stage : {&Rates::decode, &Rates::prefill}) {
        for (const std::size_t i : promising(stage, cost)) m_runs[i] = {};
      }
    }
    std::vector<Config> chips{m_config};
    for (const auto& [i, rates] : m_runs) chips.push_back(platform::changed(m_config, m_changes[i]));
    const std::vector<Rates> rates = ratesOf(m_shape, chips, m_work, m_atOnce, m_step);
    m_base = rates[0];
    std::size_t next = 1;
    for (auto& [i, of] : m_runs) of = rates[next++];
  }

  StageAdvice named(double Rates::*stage) const {
    StageAdvice all;
    for (const auto& [cost, name, note] : kKindsOfAdvice) {
      StageAdvice some;
      for (const auto& [i, rates] : m_runs) {
        if (m_changes[i].cost != cost || !rates.done) continue;
        const TriedChange tried{m_changes[i], rates.*stage, gain(m_base.*stage, rates.*stage)};
        if (tried.gain >= kWorthNaming) some.push_back(tried);
      }
      std::stable_sort(some.begin(), some.end(),
                       [](const TriedChange& a, const TriedChange& b) { return a.gain > b.gain; });
      some.resize(std::min(some.size(), kMostNamed));
      all.insert(all.end(), some.begin(), some.end());
    }
    return all;
  }

  const ModelShape& m_shape;
  Config m_config;
  Work m_work;
  unsigned m_atOnce;
  const std::function<void()>& m_step;

  std::vector<Change> m_changes;
  std::vector<Rates> m_screened;        // gains, not rates
  std::map<std::size_t, Rates> m_runs;  // of the whole job, by index of the change
  Rates m_base;
  std::optional<CoreHeadroom> m_core;
};

}  // namespace

const KindOfAdvice& kindOf(const TriedChange& tried) {
  return *std::find_if(kKindsOfAdvice.begin(), kKindsOfAdvice.end(),
                       [&](const KindOfAdvice& kind) { return kind.cost == tried.change.cost; });
}

std::size_t mostRunsForAdvice(const Config& config) {
  return 2 + platform::singleChanges(config).size() + kSlowerCores.size() +
         2 * kKindsOfAdvice.size() * kMostNamed;
}

Advice adviseOn(const ModelShape& shape, const Config& config, const RunJob& job, unsigned atOnce,
                const std::function<void()>& step) {
  return Adviser(shape, config, job, atOnce, step).advise();
}

}  // namespace pim::sim
