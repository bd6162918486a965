#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/sweep/evaluator.h"
#include "sim/sweep/target.h"

namespace pim::sim {

/// One question of the published analysis: the minimum of one quantity with which the chip meets a target.
struct Demand {
  std::string id;                              ///< "bram"
  std::string quantity;                        ///< "BRAM of a bank"
  std::string unit;                            ///< "KiB"
  std::string key;                             ///< the key that varies
  std::vector<std::string> values;             ///< of the key, in ascending order of the quantity
  std::function<double(const Point&)> amount;  ///< the quantity of a chip, in `unit`
  std::vector<Change> job;                     ///< settings of the job
  Target target;
  std::string published;       ///< the answer of the analysis
  double publishedAmount = 0;  ///< 0: no number
  std::string why;             ///< the reason why the answer for this chip differs
  std::uint32_t beyond = 0;    ///< values up to this one are tried, too, if none of `values` is enough
};

/// An amount and the result of the chip with it.
struct DemandPoint {
  std::string value;  ///< of the key
  double amount = 0;
  PointResult result;
};

struct DemandAnswer {
  std::optional<std::size_t>
      least;  ///< index in `curve` of the minimum that suffices; nothing: even the maximum does not
  std::optional<std::size_t> below;        ///< one step less; nothing: no smaller value is possible
  std::optional<std::size_t> recommended;  ///< the first value with a margin of a quarter
  std::optional<std::size_t> published;    ///< the first value that is at least the published one
  std::vector<DemandPoint> curve;          ///< in ascending order of the amount
};

/// Returns the questions for a chip, a model and a job: CRAM, CMEM, BRAM, bandwidth of the banks, MAC rate
/// for decode and for prefill, links, bandwidth of the Controller's memory, ALU rate.
std::vector<Demand> demandsOf(const Point& base, std::uint32_t context, double tokensPerSecond);

/// Simulates the points of questions. With the best mapping, it first tries the mapping that is best for the
/// job on the base point, and searches for a better one only if that one misses the target.
class DemandEvaluator {
 public:
  DemandEvaluator(const Point& base, MappingChoice mapping, unsigned jobs);

  /// Returns the results in the order of the points. The points must have the job of the question.
  std::vector<PointResult> evaluate(const Demand& demand, const std::vector<std::vector<Change>>& points);

  const Point& base() const { return m_base; }
  std::uint64_t runs() const;

 private:
  Evaluator& quick(const Demand& demand);

  Point m_base;
  unsigned m_jobs;
  std::optional<Evaluator> m_thorough;       ///< nothing: the mapping is given
  std::map<std::string, Evaluator> m_quick;  ///< by job
};

/// Finds the least amount that meets the target, with everything else unchanged, and the curve around it.
DemandAnswer answerDemand(const Demand& demand, DemandEvaluator& evaluator);

/// The widest KV code with which `context` tokens fit; the configured code if it fits. UserError: no code
/// fits.
std::uint32_t kvBitsThatFit(const Point& base, std::uint32_t context);

}  // namespace pim::sim
