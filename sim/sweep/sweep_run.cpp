#include "sim/sweep/sweep_run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "core/base/error.h"
#include "core/base/part_file.h"
#include "platform/assembly/controller_cores.h"
#include "sim/sweep/evaluator.h"

namespace pim::sim {
namespace {

/// For tests: with PIMTLM_WAIT_POINT=N, the simulation of point N never ends.
void waitIfAsked(std::uint64_t point) {
  const char* asked = std::getenv("PIMTLM_WAIT_POINT");
  while (asked != nullptr && std::to_string(point) == asked) ::pause();
}

/// For tests: with PIMTLM_CRASH_POINT=N, the simulation of point N ends by SIGSEGV. With N:FILE, only while
/// FILE exists; the crash removes it.
void crashIfAsked(std::uint64_t point) {
  const char* asked = std::getenv("PIMTLM_CRASH_POINT");
  if (asked == nullptr) return;
  const std::string text = asked;
  const std::size_t colon = text.find(':');
  if (text.substr(0, colon) != std::to_string(point)) return;
  if (colon != std::string::npos && !std::filesystem::remove(text.substr(colon + 1))) return;
  std::signal(SIGSEGV, SIG_DFL);  // not to a sanitizer, which would exit
  std::raise(SIGSEGV);
}

void keep(const std::string& folder, std::uint64_t point, const nlohmann::ordered_json& whole) {
  PartFile file("--keep", fmt::format("{}/{}.json", folder, point));
  file.write(whole.dump(2) + '\n');
  file.commit();
}

}  // namespace

PointResult evaluate(const SweepPlan& plan, std::uint64_t point, const std::optional<std::string>& keptIn) {
  crashIfAsked(point);
  waitIfAsked(point);
  try {
    const Point own = changed(plan.base, plan.changesOf(point));
    nlohmann::ordered_json whole;
    PointResult result = evaluateWith(plan.mapping, own, keptIn ? &whole : nullptr);
    if (keptIn && result.ok()) keep(*keptIn, point, whole);
    return result;
  } catch (const UserError& error) {
    return withoutValues(PointResult::Status::kRefused, error.what());
  }
}

void runPoints(const SweepDirectory& directory, ResultStore& store, PointRange range, unsigned jobs,
               const std::function<void()>& done) {
  std::optional<std::string> keptIn;
  if (directory.keeps()) keptIn = directory.path("points");
  std::uint64_t at = range.begin;
  const auto next = [&]() -> std::optional<std::size_t> {
    while (at < range.end && store.has(at)) ++at;
    return at < range.end ? std::optional<std::size_t>(at++) : std::nullopt;
  };
  const auto work = [&](std::size_t point) { return toLine(evaluate(directory.plan(), point, keptIn)); };
  platform::prepareCore(directory.plan().base.config);
  ForkPool(jobs).run(next, work, [&](std::size_t point, ChildAnswer&& answer) {
    store.append(point, answerOf(std::move(answer)));
    done();
  });
  store.sync();
}

}  // namespace pim::sim
