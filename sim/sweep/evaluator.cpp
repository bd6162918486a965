#include "sim/sweep/evaluator.h"

#include "core/base/error.h"
#include "platform/assembly/controller_cores.h"
#include "platform/config/schema.h"

namespace pim::sim {
namespace {

template <typename Visit>
void forEachMappingKey(const Point& point, const Visit& visit) {
  platform::Config copy = point.config;
  const platform::Schema schema = platform::configSchema(copy);
  for (const Axis& axis : mappingAxes(point))
    for (const platform::Field& field : schema)
      if (field.key == axis.key) visit(field);
}

std::string textOf(const std::vector<Change>& changes) {
  std::string text;
  for (const Change& change : changes) text += change.key + '=' + change.value + '\n';
  return text;
}

}  // namespace

PointResult answerOf(ChildAnswer&& answer) {
  if (answer.death.empty()) return fromLine(answer.text);
  return withoutValues(PointResult::Status::kFailed, "the simulation " + answer.death);
}

std::vector<PointResult> simulatePoints(const std::vector<Point>& points, unsigned jobs,
                                        const std::function<void()>& onRun) {
  std::vector<PointResult> results(points.size());
  std::size_t at = 0;
  if (!points.empty()) platform::prepareCore(points.front().config);
  ForkPool(jobs).run([&] { return at < points.size() ? std::optional(at++) : std::nullopt; },
                     [&](std::size_t i) { return toLine(evaluatePoint(points[i])); },
                     [&](std::size_t i, ChildAnswer&& answer) {
                       results[i] = answerOf(std::move(answer));
                       if (onRun) onRun();
                     });
  return results;
}

PointResult evaluateWith(MappingChoice mapping, const Point& point, nlohmann::ordered_json* whole) {
  const bool search = mapping == MappingChoice::kBest || point.config.mapping.automatic;
  if (!search || point.config.machine != platform::MachineKind::kPim) return evaluatePoint(point, whole);
  // Uses one process, because other points of the same sweep use the other cores.
  BestMapping best =
      findBestMapping(point, [](const std::vector<Point>& points) { return simulatePoints(points, 1); });
  PointResult result = whole == nullptr || !best.result.ok() ? best.result : evaluatePoint(best.point, whole);
  if (!result.ok()) return result;
  nameMapping(result, best.point);
  result.values["mapping.runs"] = best.runs;
  return result;
}

std::vector<Change> mappingOf(const Point& point) {
  std::vector<Change> changes;
  forEachMappingKey(point, [&](const platform::Field& field) {
    changes.push_back({field.key, field.text()});
  });
  return changes;
}

void nameMapping(PointResult& result, const Point& ran) {
  forEachMappingKey(ran, [&](const platform::Field& field) { result.values[field.key] = field.json(); });
}

std::vector<Change> mappingIn(const PointResult& result, const Point& base) {
  std::vector<Change> changes;
  for (const Axis& axis : mappingAxes(base)) {
    const auto value = result.values.find(axis.key);
    if (value == result.values.end()) continue;
    changes.push_back({axis.key, value->is_string()    ? value->get<std::string>()
                                 : value->is_boolean() ? (value->get<bool>() ? "on" : "off")
                                                       : value->dump()});
  }
  return changes;
}

std::vector<PointResult> Evaluator::evaluate(const std::vector<std::vector<Change>>& points) {
  std::vector<std::size_t> open;
  std::vector<std::string> texts;
  texts.reserve(points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    texts.push_back(textOf(points[i]));
    if (m_known.emplace(texts[i], PointResult{}).second) open.push_back(i);
  }
  std::size_t at = 0;
  const auto work = [&](std::size_t i) {
    try {
      return toLine(evaluateWith(m_mapping, changed(m_base, points[i])));
    } catch (const UserError& error) {
      return toLine(withoutValues(PointResult::Status::kRefused, error.what()));
    }
  };
  platform::prepareCore(m_base.config);
  ForkPool(m_jobs).run([&] { return at < open.size() ? std::optional(open[at++]) : std::nullopt; }, work,
                       [&](std::size_t i, ChildAnswer&& answer) {
                         m_known[texts[i]] = answerOf(std::move(answer));
                         ++m_runs;
                       });
  std::vector<PointResult> results;
  results.reserve(texts.size());
  for (const std::string& text : texts) results.push_back(m_known.at(text));
  return results;
}

}  // namespace pim::sim
