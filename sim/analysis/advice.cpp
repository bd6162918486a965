#include "sim/analysis/advice.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "core/base/error.h"
#include "sim/sweep/evaluator.h"

namespace pim::sim {
namespace {

using platform::Change;
using platform::Config;

/// Rates of one run.
struct Rates {
  bool done = false;
  double prefill = 0, decode = 0;  ///< tokens per second; 0: the run has no such stage
};

/// Simulates chips and calls `step` after each. A chip that is refused, or whose simulation fails, has done =
/// false.
std::vector<Rates> ratesOf(const ModelShape& shape, const std::vector<Config>& chips, const PointJob& job,
                           unsigned atOnce, const std::function<void()>& step) {
  std::vector<Point> points;
  for (const Config& chip : chips) points.push_back({chip, shape, job});
  std::vector<Rates> all;
  for (const PointResult& result : simulatePoints(points, atOnce, step)) {
    const auto rate = [&](const char* path) {
      const double number = result.number(path);
      return std::isfinite(number) ? number : 0;
    };
    all.push_back({result.ok(), rate("prefill.tokens_per_second"), rate("decode.tokens_per_second")});
  }
  return all;
}

/// Returns a short job: some tiles of the prompt and one decode token, at the mean context of the decode
/// tokens.
PointJob shortened(const PointJob& job, const Config& config) {
  constexpr std::uint32_t kTurns = 4;  // each turn runs all tiles in flight
  const std::uint32_t tiles = kTurns * config.mapping.tokenTile * config.schedule.tilesInFlight;
  PointJob less = job;
  less.prompt = std::min(job.prompt, tiles);
  less.generate = std::min(job.generate, 2u);
  less.context = job.context + job.prompt - less.prompt + (job.generate - less.generate) / 2;
  return less;
}

Config asSimulatedFast(Config config) {
  config.simulation.exactBanks = config.simulation.checkTiming = false;
  config.rtl.banks = config.rtl.dies = config.rtl.alus = platform::Fidelity::kTlm;
  return config;
}

/// Factors by which the clock of the firmware's core is slowed down in the trials.
constexpr std::array<double, 9> kSlowerCores{2, 5, 10, 20, 50, 100, 200, 500, 1000};

double gain(double before, double after) {
  return before > 0 ? after / before - 1 : 0;
}

void sortByGain(StageAdvice& advice) {
  std::stable_sort(advice.begin(), advice.end(),
                   [](const TriedChange& a, const TriedChange& b) { return a.gain > b.gain; });
}

class Adviser {
 public:
  Adviser(const ModelShape& shape, const Config& config, const PointJob& job, unsigned atOnce,
          const std::function<void()>& step)
      : m_shape(shape), m_config(asSimulatedFast(config)), m_job(job), m_atOnce(atOnce), m_step(step) {}

  Advice advise() {
    runRequest({m_config, m_shape, m_job});  // throws a UserError if the base does not fit
    screen();
    runTheBest();
    Advice advice;
    advice.tried = m_changes.size();
    advice.prefill = named(&Rates::prefill);
    if (m_job.generate > 1) advice.decode = named(&Rates::decode);
    advice.core = m_core;
    return advice;
  }

 private:
  /// Simulates all changes and slower cores for a few tokens.
  void screen() {
    m_changes = platform::singleChanges(m_config);
    std::vector<Config> chips{m_config};
    for (const Change& change : m_changes) chips.push_back(platform::changed(m_config, change));
    for (const double factor : kSlowerCores) {
      Config slower = m_config;
      slower.controller.firmwareClockNs *= factor;
      chips.push_back(slower);
    }
    const PointJob job = shortened(m_job, m_config);
    const std::vector<Rates> rates = ratesOf(m_shape, chips, job, m_atOnce, m_step);
    for (std::size_t i = 0; i < m_changes.size(); ++i) {
      const Rates& of = rates[1 + i];
      m_screened.push_back({of.done && fits(m_changes[i]), gain(rates[0].prefill, of.prefill),
                            gain(rates[0].decode, of.decode)});
    }
    if (job.generate < 2) return;
    for (std::size_t i = 0; i < kSlowerCores.size(); ++i) {
      const Rates& of = rates[1 + m_changes.size() + i];
      if (!of.done) return;
      const double cost = rates[0].decode / of.decode - 1;
      if (m_core && cost > kWorthNaming) return;  // the previous core is the result
      m_core = CoreHeadroom{kSlowerCores[i], cost};
    }
  }

  /// Returns whether the complete job fits the changed chip, not only the short one.
  bool fits(const Change& change) const {
    try {
      runRequest({platform::changed(m_config, change), m_shape, m_job});
      return true;
    } catch (const UserError&) {
      return false;
    }
  }

  /// Returns the most promising changes for a stage at a cost, as indices.
  std::vector<std::size_t> promising(double Rates::*stage, platform::Lever::Cost cost) const {
    std::vector<std::size_t> best;
    for (std::size_t i = 0; i < m_changes.size(); ++i) {
      // The short job only approximates the complete one, so changes close to the threshold are also run
      // completely.
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
    const std::vector<Rates> rates = ratesOf(m_shape, chips, m_job, m_atOnce, m_step);
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
      sortByGain(some);
      some.resize(std::min(some.size(), kMostNamed));
      all.insert(all.end(), some.begin(), some.end());
    }
    return all;
  }

  const ModelShape& m_shape;
  Config m_config;
  PointJob m_job;
  unsigned m_atOnce;
  const std::function<void()>& m_step;

  std::vector<Change> m_changes;
  std::vector<Rates> m_screened;        // gains, not rates
  std::map<std::size_t, Rates> m_runs;  // of the complete job, by index of the change
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

Advice adviseOn(const ModelShape& shape, const Config& config, const PointJob& job, unsigned atOnce,
                const std::function<void()>& step) {
  return Adviser(shape, config, job, atOnce, step).advise();
}

}  // namespace pim::sim
