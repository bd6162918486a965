#include "sim/sweep/demands.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "core/base/error.h"
#include "platform/config/schema.h"
#include "sim/analysis/peaks.h"
#include "sim/sweep/lattice_search.h"

namespace pim::sim {
namespace {

/// Tokens of the prompt for questions about prefill: enough for several consecutive tiles.
constexpr const char* kPromptTokens = "32";
/// Number of points of the curve below and above the minimum; each is a constant factor from the previous
/// one.
constexpr int kCurveSteps = 3;
constexpr double kCurveFactor = 1.8;
constexpr double kMargin = 1.25;
/// Lanes of a MAC array that are tried at most, as a multiple of those of the chip.
constexpr std::uint32_t kMostTimesLanes = 16;

std::vector<std::string> wholeNumbers(std::uint32_t from, std::uint32_t to) {
  std::vector<std::string> values;
  for (std::uint32_t value = from; value <= to; ++value) values.push_back(fmt::format("{}", value));
  return values;
}

/// Returns values from `to` down to `from`, so that the first one is the slowest clock.
std::vector<std::string> clocks(double from, double to, double step) {
  std::vector<std::string> values;
  double value = to;
  while (value >= from - step / 2) {
    values.push_back(fmt::format("{:.6g}", value));
    value -= step;
  }
  return values;
}

/// Returns values in steps of a twentieth.
std::vector<std::string> rates(double from, double to) {
  std::vector<std::string> values;
  double value = from;
  while (value < to * 1.001) {
    values.push_back(fmt::format("{:.3g}", value));
    value *= 1.05;
  }
  return values;
}

double number(const Point& point, const std::string& key) {
  platform::Config copy = point.config;
  for (const platform::Field& field : platform::configSchema(copy))
    if (field.key == key) return std::strtod(field.text().c_str(), nullptr);
  throw std::logic_error("no key " + key);
}

std::function<double(const Point&)> valueOf(const std::string& key) {
  return [key](const Point& point) { return number(point, key); };
}

/// Returns the operations per second of all MAC arrays, in Gop/s: two per product.
double macRate(const Point& point) {
  return peaks(point.config).macGops;
}
double bankBandwidth(const Point& point) {
  return peaks(point.config).banksGbPerS;
}
double aluRate(const Point& point) {
  return peaks(point.config).aluGops;
}

/// The results that the search for one demand has so far.
class Curve {
 public:
  Curve(const Demand& demand, DemandEvaluator& evaluator) : m_demand(demand), m_evaluator(evaluator) {
    for (std::size_t place = 0; place < demand.values.size(); ++place)
      m_amounts.push_back(demand.amount(changedUnchecked(evaluator.base(), changesAt(place))));
  }

  std::vector<bool> meets(const std::vector<std::size_t>& places) {
    std::vector<std::vector<Change>> points;
    points.reserve(places.size());
    for (const std::size_t place : places) points.push_back(changesAt(place));
    const std::vector<PointResult> results = m_evaluator.evaluate(m_demand, points);
    std::vector<bool> meets;
    for (std::size_t i = 0; i < places.size(); ++i) {
      meets.push_back(m_demand.target.metBy(results[i]));
      m_points[places[i]] = {m_demand.values[places[i]], amountAt(places[i]), results[i]};
    }
    return meets;
  }

  double amountAt(std::size_t place) const { return m_amounts[place]; }
  /// Returns the index of the first value of at least `amount`; nothing if there is none.
  std::optional<std::size_t> placeOf(double amount) const {
    for (std::size_t place = 0; place < m_demand.values.size(); ++place)
      if (amountAt(place) >= amount * (1 - 1e-9)) return place;
    return std::nullopt;
  }

  const std::map<std::size_t, DemandPoint>& points() const { return m_points; }

 private:
  std::vector<Change> changesAt(std::size_t place) const {
    std::vector<Change> changes = m_demand.job;
    changes.push_back({m_demand.key, m_demand.values[place]});
    return changes;
  }

  const Demand& m_demand;
  DemandEvaluator& m_evaluator;
  std::vector<double> m_amounts;  // of each value
  std::map<std::size_t, DemandPoint> m_points;
};

std::optional<std::size_t> leastPlace(const Demand& demand, Curve& curve) {
  LatticeProblem problem;
  problem.sizes = {static_cast<std::uint32_t>(demand.values.size())};
  problem.cost = [](const LatticePoint& point) { return point.front(); };
  problem.meets = [&](const std::vector<LatticePoint>& points) {
    std::vector<std::size_t> places;
    places.reserve(points.size());
    for (const LatticePoint& point : points) places.push_back(point.front());
    return curve.meets(places);
  };
  const LatticeAnswer answer = searchLattice(problem);
  return answer.best ? std::optional<std::size_t>(answer.best->front()) : std::nullopt;
}

}  // namespace

std::vector<Demand> demandsOf(const Point& base, std::uint32_t context, double tokensPerSecond) {
  const std::vector<Change> decode{{"decode", fmt::format("{}", context)}};
  const std::vector<Change> prefill{{"prefill", kPromptTokens}};
  const Target decodeRate{"decode.tokens_per_second", true, tokensPerSecond};
  const Target prefillRate{"prefill.tokens_per_second", true, tokensPerSecond};
  const Target fastPrefillRate{"prefill.tokens_per_second", true, 16 * tokensPerSecond};
  const std::string link = "link.bandwidth_gb_per_s", memory = "controller.memory_bandwidth_gb_per_s";
  const std::uint32_t lanes = base.config.bank.macLanes;
  const double tCk = base.config.dram.tCkNs;
  return {
      {"cram", "CRAM of the Controller", "KiB", "controller.cram_kib", wholeNumbers(1, 512),
       valueOf("controller.cram_kib"), decode, decodeRate, "256 KB: a vector of scores for each of 32 heads",
       256,
       "Scores stay in the banks that hold their head; vectors that do not fit into CRAM lie in CMEM, which "
       "is slower but fast enough at this rate"},
      {"cmem", "CMEM of the Controller", "MiB", "controller.cmem_mib", wholeNumbers(1, 512),
       valueOf("controller.cmem_mib"), decode, decodeRate, "256 MB: scores of L x L for one head", 256,
       "Attention works on blocks of rows and never holds L x L scores; the embedding moves to the banks "
       "where CMEM has no room, which leaves the tables of the model and the working buffers"},
      {"bram", "BRAM of a bank", "KiB", "bank.bram_kib", wholeNumbers(1, 256), valueOf("bank.bram_kib"),
       decode, decodeRate, "16 to 64 KB: a batch of 16 inputs of 4 bits", 64,
       "Long inputs are cut into K tiles and a head's scores are spread over several banks, so that a small "
       "BRAM costs messages rather than being impossible"},
      {"bank_bandwidth", "Bandwidth of all banks", "GB/s", "dram.t_ccd_ns", clocks(tCk, 64, tCk),
       bankBandwidth, decode, decodeRate, "512 GB/s", 512,
       "A token reads all weights with their scales and the KV cache once; opening rows and refresh come on "
       "top. The published figure has a margin: its own formula gives 155 tokens/s for the weights of "
       "LLaMA-7B"},
      {"mac_decode", "MAC rate for decode", "Gop/s", "bank.mac_lanes", wholeNumbers(1, lanes), macRate,
       decode, decodeRate, "512 x 2 Gop/s", 1024,
       "A lane more in every bank is a large step. The published rule, 2 operations per byte, is that of "
       "8-bit weights; 4-bit weights need 4",
       kMostTimesLanes * lanes},
      {"mac_prefill", "MAC rate for prefill", "Gop/s", "bank.mac_lanes", wholeNumbers(1, lanes), macRate,
       prefill, prefillRate, "512 x 2 Gop/s", 1024,
       "A tile of tokens shares one pass over the weights, so that arithmetic alone sets the rate. The "
       "published figure has a margin: its own formula gives 77 tokens/s for LLaMA-7B",
       kMostTimesLanes * lanes},
      {"mac_fast_prefill", "MAC rate for 16 times as fast a prefill", "Gop/s", "bank.mac_lanes",
       wholeNumbers(1, lanes), macRate, prefill, fastPrefillRate, "512 x 2 x 16 Gop/s", 16384,
       "As for the slower prefill; messages and the Controller take a little time beside the matrices",
       kMostTimesLanes * lanes},
      {"link", "Bandwidth of a link", "GB/s", link, rates(0.05, 64), valueOf(link), decode, decodeRate,
       "4 to 32 GB/s", 4,
       "Only activations and results cross a link, never weights. The published range is that of links at "
       "hand, not what the rate demands"},
      {"controller_bandwidth", "Bandwidth of the Controller's memory", "GB/s", memory, rates(0.05, 128),
       valueOf(memory), decode, decodeRate, "16 GB/s", 16,
       "The Controller moves vectors, and the softmax of a head that lies in one bank is made there; the "
       "published analysis has all scores pass through the Controller"},
      {"alu", "ALU rate of the Controller", "Gelement/s", "controller.alu_lanes",
       wholeNumbers(1, base.config.controller.aluLanes), aluRate, decode, decodeRate, "32 Gop/s", 32,
       "An ALU takes a whole element, with all its operations, in a clock; the published figure is 16 GB/s "
       "times 2 operations per byte"},
  };
}

DemandEvaluator::DemandEvaluator(const Point& base, MappingChoice mapping, unsigned jobs)
    : m_base(base), m_jobs(jobs) {
  if (mapping == MappingChoice::kBest) m_thorough.emplace(base, mapping, jobs);
}

std::uint64_t DemandEvaluator::runs() const {
  std::uint64_t runs = m_thorough ? m_thorough->runs() : 0;
  for (const auto& entry : m_quick) runs += entry.second.runs();
  return runs;
}

Evaluator& DemandEvaluator::quick(const Demand& demand) {
  const auto known = m_quick.find(demand.job.front().key);
  if (known != m_quick.end()) return known->second;
  Point base = m_base;
  if (m_thorough) {
    base = changedUnchecked(base, mappingIn(m_thorough->evaluateOne(demand.job), base));
  }
  return m_quick.emplace(demand.job.front().key, Evaluator(base, MappingChoice::kGiven, m_jobs))
      .first->second;
}

std::vector<PointResult> DemandEvaluator::evaluate(const Demand& demand,
                                                   const std::vector<std::vector<Change>>& points) {
  Evaluator& quickly = quick(demand);
  std::vector<PointResult> results = quickly.evaluate(points);
  for (PointResult& result : results)
    if (result.ok()) nameMapping(result, quickly.base());
  // A prefill has too many mappings for a search at each point, so all points use the mapping that is best
  // for the base.
  if (!m_thorough || demand.job.front().key == "prefill") return results;
  std::vector<std::vector<Change>> open;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (demand.target.metBy(results[i])) continue;
    open.push_back(points[i]);
    places.push_back(i);
  }
  const std::vector<PointResult> better = m_thorough->evaluate(open);
  for (std::size_t i = 0; i < places.size(); ++i) results[places[i]] = better[i];
  return results;
}

namespace {

DemandAnswer answerWithin(const Demand& demand, DemandEvaluator& evaluator) {
  Curve curve(demand, evaluator);
  const std::optional<std::size_t> least = leastPlace(demand, curve);
  std::optional<std::size_t> recommended, published;
  std::vector<std::size_t> more;
  if (demand.publishedAmount > 0) published = curve.placeOf(demand.publishedAmount);
  if (published) more.push_back(*published);
  if (least) {
    recommended = curve.placeOf(kMargin * curve.amountAt(*least));
    if (recommended) more.push_back(*recommended);
    if (*least > 0) more.push_back(*least - 1);
    for (int step = -kCurveSteps; step <= kCurveSteps; ++step)
      if (const auto place = curve.placeOf(curve.amountAt(*least) * std::pow(kCurveFactor, step)))
        more.push_back(*place);
  }
  more.erase(
      std::remove_if(more.begin(), more.end(), [&](auto place) { return curve.points().count(place) != 0; }),
      more.end());
  std::sort(more.begin(), more.end());
  more.erase(std::unique(more.begin(), more.end()), more.end());
  curve.meets(more);
  DemandAnswer answer;
  for (const auto& [place, point] : curve.points()) {
    const std::size_t at = answer.curve.size();
    if (least && place == *least) answer.least = at;
    if (least && place + 1 == *least) answer.below = at;
    if (recommended && place == *recommended) answer.recommended = at;
    if (published && place == *published) answer.published = at;
    answer.curve.push_back(point);
  }
  return answer;
}

}  // namespace

DemandAnswer answerDemand(const Demand& demand, DemandEvaluator& evaluator) {
  DemandAnswer answer = answerWithin(demand, evaluator);
  if (answer.least || demand.beyond == 0) return answer;
  Demand longer = demand;
  for (auto value = static_cast<std::uint32_t>(demand.values.size()) + 1; value <= demand.beyond; ++value)
    longer.values.push_back(fmt::format("{}", value));
  return answerWithin(longer, evaluator);
}

std::uint32_t kvBitsThatFit(const Point& base, std::uint32_t context) {
  const std::uint32_t configured = base.config.kv.bits;
  std::string reason;
  for (const std::uint32_t bits : {16u, 8u, 4u}) {
    if (bits > configured) continue;
    try {
      runRequest(
          changed(base, {{"kv.bits", fmt::format("{}", bits)}, {"decode", fmt::format("{}", context)}}));
      return bits;
    } catch (const UserError& error) {
      reason = fmt::format("{} (with kv.bits={}, the smallest that was tried)", error.what(), bits);
    }
  }
  throw UserError(reason);
}

}  // namespace pim::sim
