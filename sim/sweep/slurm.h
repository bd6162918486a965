#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/sweep/result_store.h"
#include "sim/sweep/sweep_directory.h"

namespace pim::sim {

/// How a sweep goes to a Slurm cluster: a job array whose task K simulates the points from K * chunk on. The
/// directory of the sweep has to be on a file system that all nodes share; each task has a journal of its own
/// there.
struct SlurmRequest {
  std::string options;      ///< of sbatch, as the user wrote them
  std::uint64_t chunk = 0;  ///< points of a task; 0: defaultChunk()
};

/// So many that a task takes minutes and that there are at most 1000 tasks, Slurm's default limit of an
/// array.
std::uint64_t defaultChunk(std::uint64_t points);

/// The tasks of chunks in which the store lacks points.
std::vector<std::uint64_t> openTasks(const ResultStore& store, std::uint64_t chunk);

/// Submits these tasks and returns the number of the job. UserError: sbatch is missing or refuses.
std::string submit(const SweepDirectory& directory, const SlurmRequest& request,
                   const std::vector<std::uint64_t>& tasks);

/// Whether the queue still has the job. UserError: squeue is missing or fails time and again.
bool isQueued(const std::string& job);

/// The job that was submitted last; empty: none.
std::string submittedJob(const SweepDirectory& directory);

}  // namespace pim::sim
