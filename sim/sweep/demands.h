#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/sweep/evaluator.h"
#include "sim/sweep/target.h"

namespace pim::sim {

/// One question of the published analysis: how much of something does the chip need?
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

/// An amount and what the chip makes of it.
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

/// The questions for a chip, a model and a job: CRAM, CMEM, BRAM, bandwidth of the banks, MAC rate for decode
/// and for prefill, links, bandwidth of the Controller's memory, ALU rate.
std::vector<Demand> demandsOf(const Point& base, std::uint32_t context, double tokensPerSecond);

/// Answers points of questions. With the best mapping it tries the one that is best for the job on the base
/// first, and looks for a better one only where that is not enough.
class DemandEvaluator {
 public:
  DemandEvaluator(const Point& base, MappingChoice mapping, unsigned jobs);

  /// In their order; the points do the job of the question.
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

/// Looks for the least amount, everything else as it is, and for what the curve looks like round it.
DemandAnswer answerDemand(const Demand& demand, DemandEvaluator& evaluator);

/// The widest KV code with which the model has room for `context` tokens; the configured one where it has.
/// UserError: none has.
std::uint32_t kvBitsThatFit(const Point& base, std::uint32_t context);

}  // namespace pim::sim
