#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/sweep/sweep_plan.h"

namespace pim::sim {

/// The directory of a sweep:
///   sweep.yaml    the plan, written before anything is simulated
///   journal       answers so far; removed once points.csv exists
///   tasks/        the journal of each task of a cluster
///   points.csv    all answers, written when they are complete; sweep.yaml then has their checksum
///   report.html   all answers, for people
///   points/       the complete result of each point, with --keep
class SweepDirectory {
 public:
  /// Makes the directory of a new sweep. UserError: it is not empty, or it cannot be made.
  static SweepDirectory create(const std::string& path, const SweepPlan& plan, bool keep);

  /// Opens the directory of an existing sweep. UserError: the directory has no sweep, or is damaged.
  static SweepDirectory open(const std::string& path);

  const std::string& path() const { return m_path; }
  std::string path(const std::string& name) const { return m_path + '/' + name; }
  /// The plan in sweep.yaml.
  const SweepPlan& plan() const { return m_plan; }
  bool keeps() const { return m_keep; }

  /// Returns whether points.csv exists. UserError: it exists but is not the one that the sweep of this plan
  /// wrote.
  bool isComplete() const;
  /// Identifies the plan and the program, whose journals and results must not be mixed with those of others.
  std::string planSum() const;

  /// Path of the journal of the local pool.
  std::string journal() const { return path("journal"); }
  std::string taskJournal(std::uint64_t task) const;
  /// Paths of all journals: of the local pool and of tasks.
  std::vector<std::string> journals() const;

  /// Writes a file completely and syncs it to the disk, or does not write it at all.
  void write(const std::string& name, const std::string& text) const;
  /// Writes sweep.yaml with the checksum of points.csv, which must be committed only after that.
  void markComplete(std::uint32_t tableChecksum) const;
  /// Removes the journals, because points.csv contains all answers. Leaves them where the directory cannot be
  /// written to.
  void forgetJournals() const;

 private:
  std::string completeSum(std::uint32_t tableChecksum) const;

  SweepDirectory(std::string path, SweepPlan plan, bool keep)
      : m_path(std::move(path)), m_plan(std::move(plan)), m_keep(keep) {}

  std::string m_path;
  SweepPlan m_plan;
  bool m_keep;
};

}  // namespace pim::sim
