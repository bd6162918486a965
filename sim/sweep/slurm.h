#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/sweep/result_store.h"
#include "sim/sweep/sweep_directory.h"

namespace pim::sim {

/// Runs a sweep on a Slurm cluster as a job array: task K simulates the points from K * chunk on. The
/// directory of the sweep must be on a file system that all nodes share. Each task has its own journal there.
struct SlurmRequest {
  std::string options;      ///< for sbatch, as the user wrote them
  std::uint64_t chunk = 0;  ///< points per task; 0: defaultChunk()
};

/// Chooses the chunk so that a task takes minutes and there are at most 1000 tasks, Slurm's default limit of
/// an array.
std::uint64_t defaultChunk(std::uint64_t points);

/// The tasks whose chunks have points that the store lacks.
std::vector<std::uint64_t> openTasks(const ResultStore& store, std::uint64_t chunk);

/// Submits these tasks and returns the number of the job. UserError: sbatch is missing or refuses.
std::string submit(const SweepDirectory& directory, const SlurmRequest& request,
                   const std::vector<std::uint64_t>& tasks);

/// Returns whether the queue still has the job. UserError: squeue is missing or fails repeatedly.
bool isQueued(const std::string& job);

/// The job that was submitted last; empty: none.
std::string submittedJob(const SweepDirectory& directory);

}  // namespace pim::sim
