#pragma once

#include <string>
#include <vector>

#include "sim/sweep/sweep_plan.h"

namespace pim::sim {

/// The directory of a sweep:
///   sweep.yaml    the plan, written before anything is simulated
///   journal       answers so far; gone once points.csv is there
///   tasks/        the same of each task of a cluster
///   points.csv    all answers, written when they are complete
///   report.html   the same to look at
///   points/       the whole result of each point, with --keep
class SweepDirectory {
 public:
  /// Makes the directory of a new sweep. UserError: there is something in it already, or it cannot be made.
  static SweepDirectory create(const std::string& path, const SweepPlan& plan, bool keep);

  /// Opens the directory of a sweep that was begun. UserError: it is none, or damaged.
  static SweepDirectory open(const std::string& path);

  const std::string& path() const { return m_path; }
  std::string path(const std::string& name) const { return m_path + '/' + name; }
  /// As sweep.yaml says.
  const SweepPlan& plan() const { return m_plan; }
  bool keeps() const { return m_keep; }

  /// True when points.csv is there, checked to have all points. UserError: it has not.
  bool isComplete() const;

  /// Of the local pool.
  std::string journal() const { return path("journal"); }
  std::string taskJournal(std::uint64_t task) const;
  /// All that there are: of the local pool and of tasks.
  std::vector<std::string> journals() const;

  /// Writes a file whole and onto the disk, or not at all.
  void write(const std::string& name, const std::string& text) const;
  /// Removes the journals: points.csv has it all.
  void forgetJournals() const;

 private:
  SweepDirectory(std::string path, SweepPlan plan, bool keep)
      : m_path(std::move(path)), m_plan(std::move(plan)), m_keep(keep) {}

  std::string m_path;
  SweepPlan m_plan;
  bool m_keep;
};

}  // namespace pim::sim
