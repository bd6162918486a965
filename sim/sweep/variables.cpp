#include "sim/sweep/variables.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>

#include "core/base/error.h"
#include "platform/config/document.h"
#include "platform/config/loader.h"
#include "platform/config/machine_keys.h"
#include "platform/config/schema.h"
#include "platform/config/validate.h"
#include "sim/run/decode_step.h"

namespace pim::sim {
namespace {

constexpr std::uint32_t kMostTokens = 1 << 20;
constexpr const char* kPreset = "preset";

/// A key of the job: its range in tokens, and its effect on a job.
struct JobKey {
  std::uint32_t low;
  void (*set)(PointJob& job, std::uint32_t tokens);
};

const std::map<std::string, JobKey>& jobKeys() {
  static const std::map<std::string, JobKey> kKeys{
      {"context", {0, [](PointJob& job, std::uint32_t tokens) { job.context = tokens; }}},
      {"prompt", {1, [](PointJob& job, std::uint32_t tokens) { job.prompt = tokens; }}},
      {"generate", {1, [](PointJob& job, std::uint32_t tokens) { job.generate = tokens; }}},
      {"decode",
       {kShortestContext, [](PointJob& job, std::uint32_t tokens) { job = PointJob::decodeStep(tokens); }}},
      {"prefill", {1, [](PointJob& job, std::uint32_t tokens) { job = PointJob::prefill(tokens); }}},
  };
  return kKeys;
}

std::optional<std::uint32_t> tokensOf(const JobKey& key, const std::string& text) {
  std::uint32_t tokens = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), tokens);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole && tokens >= key.low && tokens <= kMostTokens ? std::optional(tokens) : std::nullopt;
}

/// Caches the models, so that a file is read once.
std::map<std::string, ModelShape>& knownModels() {
  static std::map<std::string, ModelShape> models;
  return models;
}

/// Returns the schema of a kind of machine, on a configuration that serves no other purpose.
platform::Schema& anySchema(platform::MachineKind kind) {
  struct Any {
    platform::Config config;
    platform::Schema schema;
    explicit Any(platform::MachineKind machine) {
      config.machine = machine;
      schema = platform::configSchema(config);
    }
  };
  static std::array<Any, platform::kMachineKinds> any{Any(platform::MachineKind::kPim),
                                                      Any(platform::MachineKind::kFpga),
                                                      Any(platform::MachineKind::kPhone)};
  return any[static_cast<std::size_t>(kind)].schema;
}

platform::Field* fieldOf(platform::Schema& schema, const std::string& key) {
  const auto found = std::find_if(schema.begin(), schema.end(), [&](const auto& f) { return f.key == key; });
  return found == schema.end() ? nullptr : &*found;
}

/// Returns the schema of the first kind of machine that has the key; that of the PIM chip if none has.
platform::Schema& schemaWith(const std::string& key) {
  for (std::size_t kind = 0; kind < platform::kMachineKinds; ++kind) {
    platform::Schema& schema = anySchema(static_cast<platform::MachineKind>(kind));
    if (fieldOf(schema, key) != nullptr) return schema;
  }
  return anySchema(platform::MachineKind::kPim);
}

/// Caches the built-in presets.
const platform::Config& presetCalled(const std::string& name) {
  static std::map<std::string, platform::Config> presets;
  const auto found = presets.find(name);
  return found != presets.end() ? found->second
                                : presets.emplace(name, platform::loadPreset(name)).first->second;
}

std::string wholeText(double number) {
  return fmt::format("{:.0f}", std::max(0.0, std::round(number)));
}

std::string nearestAllowed(const platform::Integer& integer, double number) {
  if (integer.allowed.empty()) return wholeText(number);
  const auto distance = [&](std::uint64_t value) { return std::abs(static_cast<double>(value) - number); };
  const auto nearest =
      std::min_element(integer.allowed.begin(), integer.allowed.end(),
                       [&](std::uint64_t a, std::uint64_t b) { return distance(a) < distance(b); });
  return fmt::format("{}", *nearest);
}

/// Other machines have other keys, and values for them come from a preset.
void refuseMachine(const std::string& key, const std::string& place) {
  if (key != "machine") return;
  throw UserError(
      fmt::format("{}: machine: expected preset in its place, such as preset=aim8,flightllm-u280, as "
                  "each kind of machine has keys of its own",
                  place));
}

}  // namespace

void defineModel(const std::string& name, const ModelShape& shape) {
  knownModels()[name] = shape;
}

const ModelShape& modelCalled(const std::string& name) {
  const auto found = knownModels().find(name);
  if (found != knownModels().end()) return found->second;
  return knownModels().emplace(name, platform::loadModel(name)).first->second;
}

void requireKey(const std::string& key, const std::string& place) {
  if (key == "model" || key == kPreset || jobKeys().count(key) != 0) return;
  refuseMachine(key, place);
  platform::Schema& schema = schemaWith(key);
  // applyEntries() throws the error, which suggests a similar key.
  if (fieldOf(schema, key) == nullptr) platform::applyEntries(schema, {{place, key, ""}});
}

void requireValue(const std::string& key, const std::string& text, const std::string& place) {
  if (key == "model") {
    modelCalled(text);
    return;
  }
  if (key == kPreset) {
    presetCalled(text);
    return;
  }
  const auto job = jobKeys().find(key);
  if (job != jobKeys().end()) {
    if (!tokensOf(job->second, text))
      throw UserError(fmt::format("{}: {}: expected a whole number from {} to {}, got {}", place, key,
                                  job->second.low, kMostTokens, platform::quoted(text)));
    return;
  }
  refuseMachine(key, place);
  platform::applyEntries(schemaWith(key), {{place, key, text}});
}

void requireKeysOf(platform::MachineKind kind, const std::vector<std::string>& keys,
                   const std::string& place) {
  if (std::find(keys.begin(), keys.end(), kPreset) != keys.end()) return;
  std::vector<platform::Entry> entries;
  entries.reserve(keys.size());
  for (const std::string& key : keys) entries.push_back({place, key, ""});
  platform::refuseKeysOfOtherMachines(entries, kind);
}

std::optional<std::string> nearestValue(const std::string& key, double number) {
  if (jobKeys().count(key) != 0) return wholeText(number);
  const platform::Field* field = fieldOf(schemaWith(key), key);
  if (field == nullptr) return std::nullopt;
  if (const auto* integer = std::get_if<platform::Integer>(&field->value))
    return nearestAllowed(*integer, number);
  if (std::holds_alternative<platform::Real>(field->value)) return fmt::format("{:.6g}", number);
  return std::nullopt;
}

bool isWhole(const std::string& key) {
  if (jobKeys().count(key) != 0) return true;
  const platform::Field* field = fieldOf(schemaWith(key), key);
  return field != nullptr && std::holds_alternative<platform::Integer>(field->value);
}

const std::vector<std::string>& jobKeyNames() {
  static const std::vector<std::string> kNames{"decode", "prefill", "context", "prompt", "generate"};
  return kNames;
}

void requireOneJob(const std::vector<std::string>& keys, const std::string& place) {
  std::vector<std::string> jobs;
  for (const std::string& key : keys)
    if (jobKeys().count(key) != 0 && std::find(jobs.begin(), jobs.end(), key) == jobs.end())
      jobs.push_back(key);
  for (const std::string& key : jobs) {
    if ((key != "decode" && key != "prefill") || jobs.size() == 1) continue;
    const std::string& other = jobs.front() == key ? jobs[1] : jobs.front();
    throw UserError(fmt::format("{}: {}: expected without {}, which is a complete job", place, other, key));
  }
}

bool isBetterSmall(const std::string& key) {
  const platform::Field* field = fieldOf(schemaWith(key), key);
  return field != nullptr && field->lever.cost != platform::Lever::Cost::kNone &&
         field->lever.better == platform::Lever::Better::kLess;
}

Point changedUnchecked(const Point& base, const std::vector<Change>& changes) {
  Point point = base;
  bool anyMachine = false;
  for (const Change& change : changes) {
    if (change.key != kPreset) continue;
    point.config = presetCalled(change.value);
    anyMachine = true;
  }
  platform::Schema schema = platform::configSchema(point.config);
  for (const Change& change : changes) {
    if (change.key == kPreset) continue;
    if (anyMachine && fieldOf(schema, change.key) == nullptr &&
        fieldOf(schemaWith(change.key), change.key) != nullptr)
      continue;  // belongs to another machine
    if (change.key == "model") {
      point.shape = modelCalled(change.value);
      continue;
    }
    const auto job = jobKeys().find(change.key);
    if (job == jobKeys().end()) {
      if (fieldOf(schema, change.key) == nullptr)
        platform::refuseKeysOfOtherMachines({{"point", change.key, change.value}}, point.config.machine);
      platform::applyEntries(schema, {{"point", change.key, change.value}});
    } else if (const auto tokens = tokensOf(job->second, change.value)) {
      job->second.set(point.job, *tokens);
    } else {
      throw UserError(fmt::format("{}: expected a whole number, got '{}'", change.key, change.value));
    }
  }
  return point;
}

Point changed(const Point& base, const std::vector<Change>& changes) {
  Point point = changedUnchecked(base, changes);
  if (const auto violation = platform::findViolation(point.config))
    throw UserError(fmt::format("{}: {}", violation->keys.front(), violation->expectation));
  return point;
}

}  // namespace pim::sim
