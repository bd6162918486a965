#pragma once

#include <optional>
#include <string>
#include <vector>

#include "platform/config/field.h"
#include "sim/sweep/evaluator.h"
#include "sim/sweep/objective.h"

namespace pim::sim {

/// A key turned one step one way, and the answer.
struct Turn {
  std::string value;
  PointResult result;
};

/// What a key does when it is turned one step either way and nothing else changes.
struct KeySensitivity {
  std::string key;
  std::string value;  ///< as configured
  platform::Lever::Cost cost = platform::Lever::Cost::kNone;
  std::vector<Turn> turns;

  /// The largest relative change of a result among the turns that can run, up or down; 0: none.
  double swing(const PointResult& base, const std::string& path) const;
  /// The largest gain: above 0 where some turn makes `path` better.
  double gain(const PointResult& base, const Objective& objective) const;
};

struct SensitivityRequest {
  std::vector<std::string> globs;  ///< keys to turn; empty: all that cost something
  std::optional<double> by;        ///< share by which numbers change; nothing: the step of the key's lever
};

/// Turns every key with a lever - it costs area, power, a better process, or is another schedule - one at a
/// time: the steps that the advice of a report tries (platform::Field::steps) and those the other way.
/// UserError: a glob that no such key matches.
std::vector<KeySensitivity> sensitivity(const SensitivityRequest& request, Evaluator& evaluator);

}  // namespace pim::sim
