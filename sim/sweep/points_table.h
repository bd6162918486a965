#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <unordered_map>
#include <vector>

#include "sim/sweep/durable_file.h"
#include "sim/sweep/result_store.h"
#include "sim/sweep/sweep_plan.h"

namespace pim::sim {

/// The columns of all results, in the order of their first appearance by number of point. The order does not
/// depend on the order of evaluation.
class ResultColumns {
 public:
  explicit ResultColumns(const ResultStore& store);

  const std::vector<std::string>& names() const { return m_names; }
  std::uint64_t ok() const { return m_ok; }
  std::uint64_t refused() const { return m_refused; }
  std::uint64_t failed() const { return m_failed; }

 private:
  void take(const PointResult& result);

  std::vector<std::string> m_names;
  std::unordered_map<std::string, std::size_t> m_places;
  std::uint64_t m_ok = 0, m_refused = 0, m_failed = 0;
};

/// points.csv: number of the point, every varied key, status, error, every result. RFC 4180, lines end in \n.
void writePointsCsv(const SweepPlan& plan, const ResultStore& store, const ResultColumns& columns,
                    DurableFile& file);

/// A field of such a file, in quotes if necessary.
std::string csvField(const std::string& text);

}  // namespace pim::sim
