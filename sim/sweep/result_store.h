#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/sweep/journal.h"
#include "sim/sweep/point.h"

namespace pim::sim {

/// The answers of a sweep so far, by the number of the point. Until points.csv is written, they lie in the
/// journals of its directory: one for the local pool and one for each task of a cluster.
class ResultStore {
 public:
  /// Opens `own`, the journal that append() writes, and `others`, which are only read. `points`: number of
  /// points of the plan. `planSum`: the first line of each journal. UserError: see Journal; or a journal
  /// belongs to another plan or another version of the program.
  ResultStore(const std::string& own, const std::vector<std::string>& others, std::uint64_t points,
              const std::string& planSum);

  std::uint64_t points() const { return m_at.size(); }
  std::uint64_t done() const { return m_done; }
  bool has(std::uint64_t point) const { return m_at[point].journal >= 0; }
  PointResult result(std::uint64_t point) const;

  /// Stores an answer; from time to time waits until it is on the disk.
  void append(std::uint64_t point, const PointResult& result);
  void sync() { m_journals.front()->sync(); }

 private:
  struct At {
    std::int32_t journal = -1;
    std::uint32_t place = 0;
  };
  void index(std::size_t journal, const std::string& planSum);

  std::vector<std::unique_ptr<Journal>> m_journals;
  std::vector<At> m_at;
  std::uint64_t m_done = 0;
  double m_synced = 0;
};

}  // namespace pim::sim
