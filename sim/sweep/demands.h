#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/sweep/evaluator.h"
#include "sim/sweep/target.h"

namespace pim::sim {

/// One question of the published analysis: the amount of one quantity that the chip needs.
struct Demand {
  std::string id;                              ///< "bram"
  std::string quantity;                        ///< "BRAM of a bank"
  std::string unit;                            ///< "KiB"
  std::string key;                             ///< that is turned
  std::vector<std::string> values;             ///< that the key takes, from least to most of the quantity
  std::function<double(const Point&)> amount;  ///< of a chip, in `unit`
  std::vector<Change> job;                     ///< what the chip has to do
  Target target;
  std::string published;       ///< what the analysis says
  double publishedAmount = 0;  ///< 0: none
  std::string why;             ///< why this chip's answer differs
};

/// An amount and the result of the chip with it.
struct DemandPoint {
  std::string value;  ///< of the key
  double amount = 0;
  PointResult result;
};

struct DemandAnswer {
  std::optional<std::size_t>
      least;  ///< place in `curve` of the least that is enough; nothing: the most is not
  std::optional<std::size_t> below;        ///< one step less; nothing: there is no less that can be built
  std::optional<std::size_t> recommended;  ///< the first with a margin of a quarter
  std::optional<std::size_t> published;    ///< the first of at least what the analysis says
  std::vector<DemandPoint> curve;          ///< by amount
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
