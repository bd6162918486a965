#include "sim/sweep/slurm.h"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "core/base/error.h"
#include "core/base/part_file.h"
#include "platform/config/document.h"

namespace pim::sim {
namespace {

constexpr std::uint64_t kMostTasks = 1000;
/// Some minutes on one core at ten milliseconds per point.
constexpr std::uint64_t kUsualChunk = 20000;

struct Answer {
  int status = -1;
  std::string text;
};

/// Runs a shell command and returns its output of both streams.
Answer shell(const std::string& command) {
  std::FILE* const pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) throw UserError(fmt::format("--engine slurm: expected a shell that runs {}", command));
  Answer answer;
  char block[4096];
  for (std::size_t got; (got = std::fread(block, 1, sizeof block, pipe)) != 0;)
    answer.text.append(block, got);
  const int status = ::pclose(pipe);
  answer.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  while (!answer.text.empty() && answer.text.back() == '\n') answer.text.pop_back();
  return answer;
}

std::string quoted(const std::string& word) {
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

[[noreturn]] void refuse(const char* command, const Answer& answer) {
  throw UserError(fmt::format("--engine slurm: expected {} to work, it says {}", command,
                              platform::quoted(answer.text.substr(answer.text.rfind('\n') + 1))));
}

std::string ownExecutable() {
  return std::filesystem::read_symlink("/proc/self/exe").string();
}

/// Returns "0-3,7": the format of sbatch for ascending numbers.
std::string ranges(const std::vector<std::uint64_t>& numbers) {
  std::string text;
  for (std::size_t i = 0; i < numbers.size();) {
    std::size_t end = i + 1;
    while (end < numbers.size() && numbers[end] == numbers[end - 1] + 1) ++end;
    text += fmt::format("{}{}", text.empty() ? "" : ",", numbers[i]);
    if (end - i > 1) text += fmt::format("-{}", numbers[end - 1]);
    i = end;
  }
  return text;
}

}  // namespace

std::uint64_t defaultChunk(std::uint64_t points) {
  return std::max(kUsualChunk, (points + kMostTasks - 1) / kMostTasks);
}

std::vector<std::uint64_t> openTasks(const ResultStore& store, std::uint64_t chunk) {
  std::vector<std::uint64_t> tasks;
  for (std::uint64_t point = 0; point < store.points(); ++point) {
    if (!store.has(point) && (tasks.empty() || tasks.back() != point / chunk)) tasks.push_back(point / chunk);
  }
  return tasks;
}

std::string submit(const SweepDirectory& directory, const SlurmRequest& request,
                   const std::vector<std::uint64_t>& tasks) {
  std::filesystem::create_directories(directory.path("tasks"));
  const std::string path = std::filesystem::absolute(directory.path()).string();
  directory.write(
      "tasks/task.sh",
      fmt::format("#!/bin/sh\nexec {} sweep --resume --out {} --task \"$SLURM_ARRAY_TASK_ID\" --chunk {} "
                  "--jobs \"${{SLURM_CPUS_PER_TASK:-1}}\"\n",
                  quoted(ownExecutable()), quoted(path), request.chunk));
  const Answer answer =
      shell(fmt::format("sbatch --parsable --job-name=pimtlm --array={} --output={} {} {}", ranges(tasks),
                        quoted(path + "/tasks/%a.log"), request.options, quoted(path + "/tasks/task.sh")));
  if (answer.status != 0) refuse("sbatch", answer);
  const std::string job = answer.text.substr(answer.text.rfind('\n') + 1);
  directory.write("tasks/job", job + '\n');
  return job.substr(0, job.find(';'));
}

bool isQueued(const std::string& job) {
  Answer answer;
  constexpr int kAttempts = 5;  // a busy controller does not always answer
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    answer = shell(fmt::format("squeue --noheader --format=%i --jobs={}", quoted(job)));
    if (answer.status == 0) return !answer.text.empty();
    if (answer.text.find("Invalid job id") != std::string::npos) return false;  // ended long ago
    ::sleep(1);
  }
  refuse("squeue", answer);
}

std::string submittedJob(const SweepDirectory& directory) {
  const std::string path = directory.path("tasks/job");
  if (!std::filesystem::exists(path)) return "";
  const std::string text = platform::readTextFile(path);
  return text.substr(0, text.find_first_of(";\n"));
}

}  // namespace pim::sim
