#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/sweep/point.h"

namespace pim::sim {

/// A change of a point: a key and its value as text.
struct Change {
  std::string key;
  std::string value;
};

/// The keys of a configuration and the parts of a job: model, context, prompt, generate, and decode=N and
/// prefill=N, which are complete jobs (PointJob). Also preset: a built-in preset replaces the whole
/// configuration, including the machine; keys of other machines then have no effect. `place` is the source
/// that messages name: "--vary", or a file and its line.

/// A model that `model` may name in addition to built-in ones and files.
void defineModel(const std::string& name, const ModelShape& shape);
/// Returns that model, a built-in model, or one from a file. UserError: there is no such model.
const ModelShape& modelCalled(const std::string& name);

/// UserError: unknown key, or `machine`, which only a preset changes.
void requireKey(const std::string& key, const std::string& place);

/// UserError: unless `preset` is among the keys, one of them exists only for other kinds of machine.
void requireKeysOf(platform::MachineKind kind, const std::vector<std::string>& keys,
                   const std::string& place);

/// UserError: unknown key, `machine`, or invalid text for it. Does not check rules between keys.
void requireValue(const std::string& key, const std::string& text, const std::string& place);

/// The text of the allowed value nearest to a number; nothing if the key is not numeric.
std::optional<std::string> nearestValue(const std::string& key, double number);

/// Returns true for keys that take only whole numbers, or some of them.
bool isWhole(const std::string& key);

/// Returns true for keys of which a smaller value makes the machine faster.
bool isBetterSmall(const std::string& key);

/// Returns the keys that set a job: decode, prefill, context, prompt, generate.
const std::vector<std::string>& jobKeyNames();

/// UserError: a job is given in two ways: decode or prefill, which are complete jobs, and another of `keys`.
void requireOneJob(const std::vector<std::string>& keys, const std::string& place);

/// Returns a point with some keys changed. UserError, one line that names a key: rules between keys are
/// violated.
Point changed(const Point& base, const std::vector<Change>& changes);
/// The same, but allows violations of rules between keys: for prices, not for runs.
Point changedUnchecked(const Point& base, const std::vector<Change>& changes);

}  // namespace pim::sim
