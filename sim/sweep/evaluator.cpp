#include "sim/sweep/evaluator.h"

#include "core/base/error.h"
#include "platform/config/schema.h"
#include "sim/sweep/fork_pool.h"

namespace pim::sim {
namespace {

PointResult answerOf(ChildAnswer&& answer) {
  if (answer.death.empty()) return fromLine(answer.text);
  PointResult result;
  result.error = "the simulation " + answer.death;
  return result;
}

/// Runs points one after the other: what a search inside one point of a larger piece of work does.
std::vector<PointResult> runInTurn(const std::vector<Point>& points) {
  std::vector<PointResult> results(points.size());
  std::size_t at = 0;
  ForkPool(1).run([&] { return at < points.size() ? std::optional(at++) : std::nullopt; },
                  [&](std::size_t i) { return toLine(evaluatePoint(points[i])); },
                  [&](std::size_t i, ChildAnswer&& answer) { results[i] = answerOf(std::move(answer)); });
  return results;
}

std::string textOf(const std::vector<Change>& changes) {
  std::string text;
  for (const Change& change : changes) text += change.key + '=' + change.value + '\n';
  return text;
}

}  // namespace

PointResult evaluateWith(MappingChoice mapping, const Point& point, nlohmann::ordered_json* whole) {
  if (mapping == MappingChoice::kGiven) return evaluatePoint(point, whole);
  BestMapping best = findBestMapping(point, runInTurn);
  PointResult result = whole == nullptr || !best.result.ok() ? best.result : evaluatePoint(best.point, whole);
  if (!result.ok()) return result;
  platform::Config copy = best.point.config;
  for (const Axis& axis : mappingAxes(point))
    for (const platform::Field& field : platform::configSchema(copy))
      if (field.key == axis.key) result.values[axis.key] = field.json();
  result.values["mapping.runs"] = best.runs;
  return result;
}

std::vector<PointResult> Evaluator::evaluate(const std::vector<std::vector<Change>>& points) {
  std::vector<std::size_t> open;
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < points.size(); ++i) {
    texts.push_back(textOf(points[i]));
    if (m_known.emplace(texts[i], PointResult{}).second) open.push_back(i);
  }
  std::size_t at = 0;
  const auto work = [&](std::size_t i) {
    try {
      return toLine(evaluateWith(m_mapping, changed(m_base, points[i])));
    } catch (const UserError& error) {
      PointResult refused;
      refused.status = PointResult::Status::kRefused;
      refused.error = error.what();
      return toLine(refused);
    }
  };
  ForkPool(m_jobs).run([&] { return at < open.size() ? std::optional(open[at++]) : std::nullopt; }, work,
                       [&](std::size_t i, ChildAnswer&& answer) {
                         m_known[texts[i]] = answerOf(std::move(answer));
                         ++m_runs;
                         if (onRun) onRun();
                       });
  std::vector<PointResult> results;
  for (const std::string& text : texts) results.push_back(m_known.at(text));
  return results;
}

}  // namespace pim::sim
