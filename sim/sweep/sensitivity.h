#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/sweep/evaluator.h"

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

/// Turns every key that costs something - area, power, a better process, another schedule - one at a time.
/// UserError: a glob that no such key matches.
std::vector<KeySensitivity> sensitivity(const SensitivityRequest& request, Evaluator& evaluator);

}  // namespace pim::sim
