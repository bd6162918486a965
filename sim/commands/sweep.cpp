#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <iostream>

#include "core/base/error.h"
#include "core/base/part_file.h"
#include "platform/config/document.h"
#include "sim/cli/progress.h"
#include "sim/commands/design_commands.h"
#include "sim/sweep/evaluator.h"
#include "sim/sweep/interruption.h"
#include "sim/sweep/jobs_option.h"
#include "sim/sweep/point_options.h"
#include "sim/sweep/points_table.h"
#include "sim/sweep/slurm.h"
#include "sim/sweep/sweep_page.h"
#include "sim/sweep/sweep_run.h"
#include "sim/sweep/sweep_summary.h"

namespace pim::sim {
namespace {

namespace po = boost::program_options;

constexpr int kIncomplete = 1;  // exit status: some points are missing

CommandLine makeLine() {
  CommandLine line(
      "sweep",
      "pimtlm sweep --model NAME --decode N --vary KEY=VALUES... --out DIR: simulates many chips, models "
      "or jobs");
  PointOptions::addTo(line);
  line.add()  //
      ("vary", po::value<std::vector<std::string>>(),
       "KEY=V1,V2,... or KEY=FROM..TO:logN or :linN; KEY may also be model, preset, context, prompt, "
       "generate, decode or prefill; repeatable: all combinations are simulated")  //
      ("plan", po::value<std::string>(),
       "YAML file with the points of the sweep; also allows paired lists and random samples");
  JobsOption::addTo(line);
  line.add()  //
      ("objective", po::value<std::vector<std::string>>(),
       "objective of the Pareto front: PATH:max or PATH:min of a result; repeatable")  //
      ("keep", "also write the complete result of each point, as points/NUMBER.json")  //
      ("resume", "finish the interrupted sweep in the --out directory")                //
      ("engine", po::value<std::string>()->default_value("local"),
       "local: simulate on this machine; slurm: as a job array on a cluster")                            //
      ("slurm-options", po::value<std::string>()->default_value(""), "options for sbatch, as one word")  //
      ("chunk", po::value<std::int64_t>(),
       "slurm: points per task (default: as many as take some minutes)")                              //
      ("no-wait", "slurm: exit after submitting the tasks; collect the results with --resume")        //
      ("status", po::value<std::string>(), "only print the progress of the sweep in this directory")  //
      ("task", po::value<std::int64_t>(), "slurm: simulate only the points of this task");
  return line;
}

SweepPlan planOf(const CommandLine& line) {
  SweepPlan plan;
  if (line.has("plan")) {
    plan.base.config = line.loadConfig(kAnyMachine, AutoMapping::kTaken);
    const std::string& path = line.get<std::string>("plan");
    readPlan(platform::readTextFile(path), path, plan);
  }
  PointOptions::apply(line, plan);
  const std::vector<std::string> planned = plan.keys();
  if (line.has("vary")) {
    for (const std::string& text : line.get<std::vector<std::string>>("vary")) {
      const std::size_t equals = text.find('=');
      if (equals == std::string::npos || equals == 0)
        throw UserError(fmt::format("--vary {}: expected KEY=VALUES", platform::quoted(text)));
      plan.grid.push_back(parseAxis(text.substr(0, equals), text.substr(equals + 1), "--vary"));
    }
  }
  if (line.has("objective")) {
    plan.objectives.clear();
    for (const std::string& text : line.get<std::vector<std::string>>("objective"))
      plan.objectives.push_back(parseObjective(text));
  }
  plan.check("pimtlm sweep");
  const std::vector<std::string> keys = plan.keys();
  std::vector<std::string> jobs = keys;
  for (const std::string& option : jobKeyNames())
    if (line.has(option)) jobs.push_back(option);
  requireOneJob(jobs, "pimtlm sweep");
  if (std::find(keys.begin(), keys.end(), "preset") != keys.end()) {
    for (const char* option : {"preset", "config", "set"})
      if (line.has(option))
        throw UserError(fmt::format(
            "--{}: expected without a varied preset, which sets every key; --vary KEY=VALUE changes one",
            option));
    return plan;
  }
  if (!planned.empty()) requireKeysOf(plan.base.config.machine, planned, line.get<std::string>("plan"));
  requireKeysOf(plan.base.config.machine, keys, "--vary");
  return plan;
}

bool namesPlan(const CommandLine& line) {
  return line.has("vary") || line.has("plan") || line.has("model");
}

/// With --resume, a plan is given completely or not at all.
void refusePartsOfPlan(const CommandLine& line) {
  if (namesPlan(line)) return;
  std::vector<std::string> options{"preset", "config", "set", "map", "objective"};
  options.insert(options.end(), jobKeyNames().begin(), jobKeyNames().end());
  for (const std::string& option : options)
    if (line.has(option))
      throw UserError(fmt::format(
          "--{}: expected without --resume, or with the whole plan, which is kept in sweep.yaml", option));
}

/// An objective that no result has is refused before anything is simulated, if the first point runs.
void requireObjectives(const CommandLine& line, const SweepPlan& plan) {
  if (!line.has("objective")) return;
  Point first = plan.base;
  try {
    first = changed(plan.base, plan.changesOf(0));
  } catch (const UserError&) {
    return;
  }
  const PointResult result = simulatePoints({first}, 1).front();
  for (const Objective& objective : plan.objectives)
    if (result.ok() && std::isnan(result.number(objective.path)))
      throw UserError(
          fmt::format("--objective {}: expected a number of the result, such as decode.tokens_per_second",
                      platform::quoted(objective.path)));
}

/// Reads every option that a simulation needs, so that a bad one leaves no directory behind.
void checkOptions(const CommandLine& line) {
  const std::string& engine = line.get<std::string>("engine");
  if (engine != "local" && engine != "slurm")
    throw UserError(fmt::format("--engine: expected local or slurm, got {}", platform::quoted(engine)));
  JobsOption::of(line);
  if (line.has("chunk")) line.count("chunk", 1, 1u << 31);
  if (line.has("task")) {
    line.require("chunk");
    line.count("task", 0, 1u << 30);
  }
  if (engine == "slurm") return;
  for (const char* option : {"no-wait", "slurm-options"})
    if (line.has(option) && !line.isDefault(option))
      throw UserError(fmt::format("--{}: expected with --engine slurm", option));
}

SweepDirectory directoryOf(const CommandLine& line) {
  const std::string& path = line.get<std::string>("out");
  if (!line.has("resume")) {
    const SweepPlan plan = planOf(line);
    requireObjectives(line, plan);
    return SweepDirectory::create(path, plan, line.has("keep"));
  }
  refusePartsOfPlan(line);
  SweepDirectory directory = SweepDirectory::open(path);
  if (line.has("keep") && !directory.keeps())
    throw UserError("--keep: expected without --resume, since the sweep was begun without it");
  if (namesPlan(line) && toYaml(planOf(line)) != toYaml(directory.plan()))
    throw UserError(fmt::format("--resume: expected the plan in {}, or no plan, got another one",
                                directory.path("sweep.yaml")));
  return directory;
}

/// Returns whether standard output is for people.
bool tellsPeople(const CommandLine& line) {
  return !line.has("quiet") && !line.jsonToStdout();
}

/// Describes the results that are stored if a sweep ends early.
std::string keptSentence(const ResultStore& store, const SweepDirectory& directory) {
  return fmt::format("{} of {} points are kept in {}; --resume finishes", store.done(), store.points(),
                     directory.path());
}

void finish(const SweepDirectory& directory, const ResultStore& store, const CommandLine& line) {
  const ResultColumns columns(store);
  DurableFile table(directory.path("points.csv"));
  writePointsCsv(directory.plan(), store, columns, table);
  const SweepSummary summary = summarise(directory.plan(), store, columns);
  directory.write("report.html", sweepPage(directory.plan(), store, columns, summary));
  directory.markComplete(table.checksum());
  table.commit();  // last, because this file marks the sweep as complete
  const std::string json = toJson(summary).dump(2) + '\n';
  if (line.jsonToStdout()) {
    std::cout << json << std::flush;
  } else if (line.has("json")) {
    writeWhole("--json", line.get<std::string>("json"), json);
  }
  if (tellsPeople(line)) std::cout << toTable(summary) << std::flush;
}

/// Simulates the missing points in this process.
void runLocally(const CommandLine& line, const SweepDirectory& directory, ResultStore& store) {
  const unsigned jobs = JobsOption::of(line);
  PointRange range{0, store.points()};
  if (line.has("task")) {
    const std::uint64_t chunk = line.count("chunk", 1, 1u << 31);
    range.begin = std::min(chunk * line.count("task", 0, 1u << 30), store.points());
    range.end = std::min(range.begin + chunk, store.points());
  }
  std::uint64_t missing = 0;
  for (std::uint64_t point = range.begin; point < range.end; ++point) missing += store.has(point) ? 0 : 1;
  Progress progress(line.has("progress"), "point", missing);
  runPoints(directory, store, range, jobs, [&] { progress.step(); });
}

/// Submits the missing points to a cluster, unless tasks are already running. Returns when they have
/// finished, or immediately with --no-wait.
void runOnSlurm(const CommandLine& line, const SweepDirectory& directory, bool wait) {
  std::string job = submittedJob(directory);
  if (job.empty() || !isQueued(job)) {
    const ResultStore store("", directory.journals(), directory.plan().size(), directory.planSum());
    SlurmRequest request;
    request.options = line.get<std::string>("slurm-options");
    request.chunk = line.has("chunk") ? line.count("chunk", 1, 1u << 31) : defaultChunk(store.points());
    const std::vector<std::uint64_t> tasks = openTasks(store, request.chunk);
    if (tasks.empty()) return;
    job = submit(directory, request, tasks);
    if (tellsPeople(line))
      std::cout << fmt::format("submitted job {}: {} tasks\n", job, tasks.size()) << std::flush;
  }
  while (wait && isQueued(job)) {
    if (const int signal = InterruptionGuard::signal()) throw Interrupted{signal};
    ::sleep(1);
  }
}

/// Prints the progress of a sweep.
int printStatus(const std::string& path) {
  const SweepDirectory directory = SweepDirectory::open(path);
  const std::uint64_t points = directory.plan().size();
  const std::uint64_t done = directory.isComplete()
                                 ? points
                                 : ResultStore("", directory.journals(), points, directory.planSum()).done();
  const std::string job = submittedJob(directory);
  std::cout << fmt::format(
      "{} of {} points are done{}\n", done, points,
      job.empty() ? "" : fmt::format(", job {} {}", job, isQueued(job) ? "is queued" : "has ended"));
  return done == points ? 0 : kIncomplete;
}

}  // namespace

int sweepCommand(const Arguments& arguments) {
  CommandLine line = makeLine();
  if (!line.parse(arguments)) return 0;
  if (line.has("status")) return printStatus(line.get<std::string>("status"));
  line.require("out");
  checkOptions(line);
  const std::string& engine = line.get<std::string>("engine");
  const SweepDirectory directory = directoryOf(line);
  if (directory.isComplete()) {
    directory.forgetJournals();
    if (line.has("json"))
      throw UserError(
          fmt::format("--json: expected a sweep that is not complete, as {} is", directory.path()));
    if (tellsPeople(line)) std::cout << fmt::format("{} is complete\n", directory.path());
    return 0;
  }
  const InterruptionGuard guard;
  const bool wait = !line.has("no-wait");
  if (engine == "slurm") {
    try {
      runOnSlurm(line, directory, wait);
    } catch (const Interrupted& interrupted) {
      std::cerr << fmt::format(
          "pimtlm sweep: interrupted: job {} goes on; --resume collects, scancel ends it\n",
          submittedJob(directory));
      return 128 + interrupted.signal;
    }
    if (!wait) return 0;
  }
  const std::string own =
      line.has("task") ? directory.taskJournal(line.count("task", 0, 1u << 30)) : directory.journal();
  ResultStore store(own, directory.journals(), directory.plan().size(), directory.planSum());
  try {
    if (engine == "local") runLocally(line, directory, store);
  } catch (const Interrupted& interrupted) {
    store.sync();
    std::cerr << "pimtlm sweep: interrupted: " << keptSentence(store, directory) << '\n';
    return 128 + interrupted.signal;
  } catch (const UserError& error) {
    throw UserError(fmt::format("{}; {}", error.what(), keptSentence(store, directory)));
  }
  if (line.has("task")) return 0;
  if (store.done() < store.points()) {
    std::cerr << fmt::format("pimtlm sweep: job {} has ended: {}\n", submittedJob(directory),
                             keptSentence(store, directory));
    return kIncomplete;
  }
  finish(directory, store, line);
  directory.forgetJournals();
  return 0;
}

}  // namespace pim::sim
