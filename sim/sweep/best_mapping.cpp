#include "sim/sweep/best_mapping.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <optional>
#include <tuple>
#include <unordered_map>

#include "core/base/error.h"
#include "platform/config/schema.h"
#include "platform/config/validate.h"
#include "sim/sweep/variables.h"

namespace pim::sim {
namespace {

/// Largest estimated loss, relative to the best, with which a mapping is still simulated. The estimate for a
/// pair of changes has the losses of both, so that a prefill with a larger loss is of no further interest and
/// its simulation ends early.
constexpr double kMargin = 0.01;

/// Index of the first axis after those of matrices, heads, the program and the order of commands.
constexpr std::size_t kFirstOfTiles = 4;

constexpr double kNever = std::numeric_limits<double>::infinity();

/// Returns the powers of two up to `most`, and `most`.
std::vector<std::string> doublings(std::uint32_t most) {
  std::vector<std::string> values;
  for (std::uint32_t value = 1; value < most; value *= 2) values.push_back(fmt::format("{}", value));
  values.push_back(fmt::format("{}", most));
  return values;
}

std::vector<std::string> divisors(std::uint32_t of) {
  std::vector<std::string> values;
  for (std::uint32_t value = 1; value <= of; ++value)
    if (of % value == 0) values.push_back(fmt::format("{}", value));
  return values;
}

/// Adds the configured values to the axes.
void addConfigured(std::vector<Axis>& axes, const platform::Config& config) {
  platform::Config copy = config;
  const platform::Schema schema = platform::configSchema(copy);
  for (Axis& axis : axes) {
    const auto field =
        std::find_if(schema.begin(), schema.end(), [&](const auto& f) { return f.key == axis.key; });
    const std::string value = field->text();
    if (std::find(axis.values.begin(), axis.values.end(), value) == axis.values.end())
      axis.values.push_back(value);
  }
}

template <typename Part>
void add(std::string& bytes, const Part& part) {
  bytes.append(reinterpret_cast<const char*>(&part), sizeof part);
}

/// The search for the best mapping of one point.
class MappingSearch {
 public:
  MappingSearch(const Point& point, const RunPoints& run)
      : m_base(point), m_run(run), m_axes(mappingAxes(point)), m_given(given()) {}

  BestMapping find() {
    m_best = start();
    m_bestSeconds = secondsAt({m_best}).front();
    while (turnEachKey() || trySchedules() || tryNeighbours()) {
    }
    BestMapping best;
    best.point = pointAt(m_best).value_or(m_base);
    const auto& signature = signatureAt(m_best);
    best.result = signature ? m_results.at(*signature) : m_refusal;
    best.runs = m_results.size();
    best.legal = 1;
    for (const Axis& axis : m_axes) best.legal *= axis.values.size();
    return best;
  }

 private:
  using Choice = std::vector<std::size_t>;  ///< index of the value, per axis

  /// Returns the number of keys in which a choice differs from the configuration.
  std::size_t changesOf(const Choice& choice) const {
    std::size_t changes = 0;
    for (std::size_t k = 0; k < choice.size(); ++k) changes += choice[k] != m_given[k] ? 1 : 0;
    return changes;
  }

  /// Returns the configured mapping. An axis that lacks the configured value gets its first one.
  Choice given() const {
    platform::Config copy = m_base.config;
    const platform::Schema schema = platform::configSchema(copy);
    Choice choice;
    for (const Axis& axis : m_axes) {
      const auto field =
          std::find_if(schema.begin(), schema.end(), [&](const auto& f) { return f.key == axis.key; });
      const auto value = std::find(axis.values.begin(), axis.values.end(), field->text());
      choice.push_back(value == axis.values.end() ? 0
                                                  : static_cast<std::size_t>(value - axis.values.begin()));
    }
    return choice;
  }

  /// Returns the configured mapping or, if that does not fit, the first one that does.
  Choice start() {
    if (signatureAt(m_given)) return m_given;
    Choice choice(m_axes.size(), 0);
    for (bool more = true; more;) {
      if (signatureAt(choice)) return choice;
      more = false;
      for (std::size_t k = 0; k < choice.size() && !more; ++k) {
        if (onlyTime(m_axes[k].key)) continue;
        more = ++choice[k] < m_axes[k].values.size();
        if (!more) choice[k] = 0;
      }
    }
    return m_given;
  }

  /// Returns true for keys that never decide whether a model fits: the planner reduces tiles where necessary.
  static bool onlyTime(const std::string& key) { return key == "mapping.token_tile"; }

  std::optional<Point> pointAt(const Choice& choice) {
    std::vector<Change> changes;
    for (std::size_t k = 0; k < m_axes.size(); ++k)
      changes.push_back({m_axes[k].key, m_axes[k].values[choice[k]]});
    try {
      return changed(m_base, changes);
    } catch (const UserError& error) {
      refuse(error);
      return std::nullopt;
    }
  }

  /// Returns the signature of a mapping; nothing if it cannot run.
  const std::optional<std::string>& signatureAt(const Choice& choice) {
    const auto known = m_signatures.find(choice);
    if (known != m_signatures.end()) return known->second;
    std::optional<std::string> signature;
    if (const auto point = pointAt(choice)) {
      try {
        signature = mappingSignature(*point);
      } catch (const UserError& error) {
        refuse(error);
      }
    }
    return m_signatures.emplace(choice, std::move(signature)).first->second;
  }

  void refuse(const UserError& error) {
    m_refusal = withoutValues(PointResult::Status::kRefused, error.what());
  }

  std::vector<double> secondsAt(const std::vector<Choice>& choices) {
    std::vector<Point> points;
    std::vector<std::string> signatures;
    const bool onlyPrefill = m_base.job.generate == 1;
    const double limit = onlyPrefill ? m_bestSeconds * (1 + kMargin) : kNever;
    for (const Choice& choice : choices) {
      const auto& signature = signatureAt(choice);
      if (!signature || m_results.count(*signature) != 0 ||
          std::find(signatures.begin(), signatures.end(), *signature) != signatures.end())
        continue;
      points.push_back(*pointAt(choice));
      points.back().prefillLimitSeconds = limit;
      signatures.push_back(*signature);
    }
    std::vector<PointResult> results = points.empty() ? std::vector<PointResult>{} : m_run(points);
    for (std::size_t i = 0; i < results.size(); ++i) m_results[signatures[i]] = std::move(results[i]);
    std::vector<double> seconds;
    for (const Choice& choice : choices) {
      const auto& signature = signatureAt(choice);
      seconds.push_back(signature ? secondsOf(m_base.job, m_results.at(*signature)) : kNever);
      m_seconds[choice] = seconds.back();
    }
    return seconds;
  }

  /// Keeps the fastest choice. Among equally fast ones, keeps that with the fewest changes of the
  /// configuration, then the first in the order of the axes. Returns whether the best choice changed.
  bool keepBest(const std::vector<Choice>& choices, const std::vector<double>& seconds) {
    const Choice before = m_best;
    for (std::size_t i = 0; i < choices.size(); ++i) {
      if (std::make_tuple(seconds[i], changesOf(choices[i]), choices[i]) <
          std::make_tuple(m_bestSeconds, changesOf(m_best), m_best)) {
        m_best = choices[i];
        m_bestSeconds = seconds[i];
      }
    }
    return m_best != before;
  }

  /// Tries all combinations of fusions, tiles and tiles in flight, because these compete for BRAM. Other keys
  /// keep their values.
  bool trySchedules() {
    std::vector<Choice> choices{m_best};
    for (std::size_t k = kFirstOfTiles; k < m_axes.size(); ++k) {
      std::vector<Choice> more;
      for (const Choice& choice : choices) {
        for (std::size_t value = 0; value < m_axes[k].values.size(); ++value) {
          more.push_back(choice);
          more.back()[k] = value;
        }
      }
      choices = std::move(more);
    }
    return keepBest(choices, secondsAt(choices));
  }

  bool turnEachKey() {
    bool better = false;
    for (std::size_t k = 0; k < m_axes.size(); ++k) {
      std::vector<Choice> choices;
      for (std::size_t value = 0; value < m_axes[k].values.size(); ++value) {
        choices.push_back(m_best);
        choices.back()[k] = value;
      }
      better = keepBest(choices, secondsAt(choices)) || better;
    }
    return better;
  }

  /// Estimates changes of two keys together from the gain of each alone. Simulates pairs whose estimate is
  /// close to the best.
  bool tryNeighbours() {
    std::vector<Choice> choices;
    for (std::size_t a = 0; a < m_axes.size(); ++a) {
      for (std::size_t b = a + 1; b < m_axes.size(); ++b) {
        for (std::size_t i = 0; i < m_axes[a].values.size(); ++i) {
          for (std::size_t j = 0; j < m_axes[b].values.size(); ++j) {
            if (i == m_best[a] || j == m_best[b]) continue;
            Choice one = m_best, other = m_best, both = m_best;
            one[a] = both[a] = i;
            other[b] = both[b] = j;
            const double estimate = m_seconds.at(one) + m_seconds.at(other) - m_bestSeconds;
            if (estimate <= m_bestSeconds * (1 + kMargin)) choices.push_back(both);
          }
        }
      }
    }
    return keepBest(choices, secondsAt(choices));
  }

  const Point& m_base;
  const RunPoints& m_run;
  std::vector<Axis> m_axes;
  Choice m_given;
  Choice m_best;
  double m_bestSeconds = kNever;
  PointResult m_refusal;
  std::map<Choice, std::optional<std::string>> m_signatures;
  std::map<Choice, double> m_seconds;
  std::unordered_map<std::string, PointResult> m_results;  ///< by signature
};

}  // namespace

std::vector<Axis> mappingAxes(const Point& point) {
  const platform::Config& config = point.config;
  if (config.machine != platform::MachineKind::kPim) return {};
  std::vector<Axis> axes{{"mapping.weights", {"1d", "2d"}},
                         {"mapping.banks_per_head", divisors(config.chip.banksPerDie)},
                         {"schedule.program", {"posted", "cached"}},
                         {"schedule.overlap", {"on", "off"}},
                         {"mapping.fuse_qkv", {"on", "off"}},
                         {"mapping.fuse_gate_up", {"on", "off"}},
                         {"mapping.token_tile", doublings(32)},
                         {"schedule.tiles_in_flight", {"1", "2"}}};
  addConfigured(axes, config);
  return axes;
}

double secondsOf(const PointJob& job, const PointResult& result) {
  if (!result.ok()) return kNever;
  double seconds = 0;
  if (job.generate > 1) seconds += result.number("decode.seconds");
  if (!job.preparesOnly()) seconds += result.number("prefill.seconds");
  return seconds;
}

std::string mappingSignature(const Point& point) {
  RunRequest request = runRequest(point);
  pim_plan plan = request.layout.plan;
  // The cost of an address in the Controller's memory depends only on the memory: CRAM or CMEM.
  const std::uint64_t cram = point.config.memoryMap.cramBase,
                      cramEnd = cram + point.config.controller.cramBytes();
  static_assert(PIM_MAX_IN_FLIGHT == 2);
  const auto memoryOf = [&](std::uint32_t address) -> std::uint32_t {
    return address == 0 ? 0 : address >= cram && address < cramEnd ? 1 : 2;
  };
  for (pim_buffers* buffers : {&plan.buffers[0], &plan.buffers[1], &plan.decode_buffers})
    for (std::uint32_t* address :
         {&buffers->residual, &buffers->activation, &buffers->qkv, &buffers->query, &buffers->kv_records,
          &buffers->scores, &buffers->probabilities, &buffers->attention, &buffers->partial,
          &buffers->gate_up, &buffers->result})
      *address = memoryOf(*address);
  for (std::uint32_t* address :
       {&plan.layer_table, &plan.final_gain, &plan.rope_frequencies, &plan.embedding_buffer, &plan.logits,
        &plan.token, &plan.ring, &plan.program, &plan.program_notes})
    *address = memoryOf(*address);
  if (point.job.generate == 1) plan.program = plan.program_notes = 0;  // no decode step is recorded
  plan.embedding = plan.embedding != 0 ? 1 : 0;
  if (point.job.prompt == 1) {
    plan.token_tile = plan.attention_tile = plan.tiles_in_flight = 0;
    plan.buffers[1] = {};
    // Buffers of attention have no effect on the time: one token's scores fit in any case.
    plan.bram_query = plan.bram_score = plan.bram_value = {};
  }
  std::string bytes;
  add(bytes, plan);
  pim_layer layer = request.layout.layers.front();
  layer.attention_gain = layer.mlp_gain = 0;
  add(bytes, layer);
  for (const pim_layer& each : request.layout.layers) {
    add(bytes, memoryOf(each.attention_gain));
    add(bytes, memoryOf(each.mlp_gain));
  }
  return bytes;
}

BestMapping findBestMapping(const Point& point, const RunPoints& run) {
  return MappingSearch(point, run).find();
}

}  // namespace pim::sim
