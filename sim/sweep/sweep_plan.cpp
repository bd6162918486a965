#include "sim/sweep/sweep_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/base/error.h"
#include "sim/sweep/best_mapping.h"

namespace pim::sim {
namespace {

constexpr std::uint64_t kMostPoints = 10'000'000;

std::uint64_t gridSize(const std::vector<Axis>& grid) {
  std::uint64_t size = 1;
  for (const Axis& axis : grid) size = std::min(size * axis.values.size(), kMostPoints + 1);
  return size;
}

}  // namespace

const char* mappingChoiceName(MappingChoice choice) {
  return choice == MappingChoice::kBest ? "best" : "given";
}

std::optional<MappingChoice> mappingChoiceCalled(const std::string& name) {
  for (const MappingChoice choice : {MappingChoice::kGiven, MappingChoice::kBest})
    if (name == mappingChoiceName(choice)) return choice;
  return std::nullopt;
}

bool isSearched(MappingChoice mapping, const Point& base, const std::string& key) {
  if (mapping != MappingChoice::kBest && !base.config.mapping.automatic) return false;
  const std::vector<Axis> axes = mappingAxes(base);
  return std::any_of(axes.begin(), axes.end(), [&](const Axis& axis) { return axis.key == key; });
}

void refuseSearchedKeys(MappingChoice mapping, const Point& base, const std::vector<std::string>& keys,
                        const std::string& place) {
  for (const std::string& key : keys)
    if (isSearched(mapping, base, key))
      throw UserError(
          fmt::format("{}: {}: expected --map given, since --map best chooses this key itself", place, key));
}

std::uint64_t SweepPlan::size() const {
  const std::uint64_t pairs = paired.empty() ? 1 : paired.front().values.size();
  const std::uint64_t samples = random.keys.empty() ? 1 : random.count;
  return std::min(std::min(gridSize(grid) * pairs, kMostPoints + 1) * samples, kMostPoints + 1);
}

std::vector<std::string> SweepPlan::keys() const {
  std::vector<std::string> keys;
  for (const RandomKey& key : random.keys) keys.push_back(key.key);
  for (const Axis& axis : paired) keys.push_back(axis.key);
  for (const Axis& axis : grid) keys.push_back(axis.key);
  return keys;
}

std::vector<Change> SweepPlan::changesOf(std::uint64_t point) const {
  std::vector<Change> changes;
  for (auto axis = grid.rbegin(); axis != grid.rend(); ++axis) {
    changes.push_back({axis->key, axis->values[point % axis->values.size()]});
    point /= axis->values.size();
  }
  if (!paired.empty()) {
    const std::uint64_t pair = point % paired.front().values.size();
    point /= paired.front().values.size();
    for (auto axis = paired.rbegin(); axis != paired.rend(); ++axis)
      changes.push_back({axis->key, axis->values[pair]});
  }
  for (auto key = random.keys.rbegin(); key != random.keys.rend(); ++key)
    changes.push_back({key->key, drawSample(*key, random.seed, point)});
  std::reverse(changes.begin(), changes.end());
  return changes;
}

void SweepPlan::check(const std::string& place) const {
  std::set<std::string> seen;
  for (const std::string& key : keys()) {
    if (!seen.insert(key).second)
      throw UserError(fmt::format("{}: {}: expected once, given twice", place, key));
  }
  for (const Axis& axis : paired) {
    if (axis.values.size() != paired.front().values.size())
      throw UserError(fmt::format("{}: {}: expected {} values, as many as {}, got {}", place, axis.key,
                                  paired.front().values.size(), paired.front().key, axis.values.size()));
  }
  requireOneJob(keys(), place);
  refuseSearchedKeys(mapping, base, keys(), place);
  if (seen.empty()) throw UserError(place + ": expected --vary, or a --plan that varies something");
  if (size() == 0 || size() > kMostPoints)
    throw UserError(fmt::format("{}: expected 1 to {} points", place, kMostPoints));
}

}  // namespace pim::sim
