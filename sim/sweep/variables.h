#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/sweep/point.h"

namespace pim::sim {

/// One change to a point: a key and its value as text.
struct Change {
  std::string key;
  std::string value;
};

/// The keys of a configuration and, beside them, what a job is made of: model, context, prompt, generate, and
/// decode=N and prefill=N, which are jobs by themselves (PointJob). And preset: a built-in one takes the
/// place of the whole configuration, whatever its machine; keys that only other machines have then change
/// nothing. `place` is what messages name: "--vary", or a file and its line.

/// A model that `model` may name in place of a built-in one or a file.
void defineModel(const std::string& name, const ModelShape& shape);
/// That, or a built-in model, or one from a file. UserError: none.
const ModelShape& modelCalled(const std::string& name);

/// UserError: no such key.
void requireKey(const std::string& key, const std::string& place);

/// UserError: no such key, or a text that it does not take. Rules between keys are not looked at.
void requireValue(const std::string& key, const std::string& text, const std::string& place);

/// The text nearest to a number that the key takes; nothing for keys that are no numbers.
std::optional<std::string> nearestValue(const std::string& key, double number);

/// True for keys that take whole numbers, or some of them, only.
bool isWhole(const std::string& key);

/// A point with some of its keys changed. UserError, one line that names a key: rules between keys are
/// broken.
Point changed(const Point& base, const std::vector<Change>& changes);
/// The same where rules between keys may be broken: to ask for a price, not to run.
Point changedUnchecked(const Point& base, const std::vector<Change>& changes);

}  // namespace pim::sim
