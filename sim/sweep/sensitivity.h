#pragma once

#include <optional>
#include <string>
#include <vector>

#include "platform/config/field.h"
#include "sim/sweep/evaluator.h"
#include "sim/sweep/objective.h"

namespace pim::sim {

/// A change of a key by one step in one direction, with the answer.
struct Turn {
  std::string value;
  PointResult result;
};

/// The effect of a key: its changes by one step in either direction, with everything else unchanged.
struct KeySensitivity {
  std::string key;
  std::string value;  ///< as configured
  platform::Lever::Cost cost = platform::Lever::Cost::kNone;
  std::vector<Turn> turns;

  /// The largest relative change of a result, up or down, among the changes that can run; 0: none.
  double swing(const PointResult& base, const std::string& path) const;
  /// The largest gain: above 0 if a change makes `path` better.
  double gain(const PointResult& base, const Objective& objective) const;
};

struct SensitivityRequest {
  std::vector<std::string> globs;  ///< keys to change; empty: all with a lever
  std::optional<double> by;        ///< share by which numbers change; nothing: the step of the key's lever
};

/// Changes every key with a lever, one at a time. A lever is a key that costs area, power or a better
/// process, or that changes the schedule. The steps are those of a report's advice (platform::Field::steps)
/// and the opposite ones. UserError: a glob matches no such key.
std::vector<KeySensitivity> sensitivity(const SensitivityRequest& request, Evaluator& evaluator);

}  // namespace pim::sim
