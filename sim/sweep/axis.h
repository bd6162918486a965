#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pim::sim {

/// A key and its values, as text.
struct Axis {
  std::string key;
  std::vector<std::string> values;
};

/// A key for random samples: draws one of some values, or a number of a range, uniformly or uniformly in its
/// logarithm.
struct RandomKey {
  std::string key;
  std::vector<std::string> values;  ///< empty: the range
  double from = 0, to = 0;
  bool logarithmic = false;
};

/// Parses "V1,V2,...", "FROM..TO:logN" or "FROM..TO:linN" for `key`. Numbers of a range are rounded to six
/// digits, to whole numbers if the key requires them, and to the allowed range; duplicates are removed.
/// UserError: any other text.
Axis parseAxis(const std::string& key, const std::string& text, const std::string& place);

/// Parses "V1,V2,...", "FROM..TO:log" or "FROM..TO:lin" for random samples.
RandomKey parseRandomKey(const std::string& key, const std::string& text, const std::string& place);

/// Returns sample number `sample` of a key. The same three numbers give the same sample on every machine.
std::string drawSample(const RandomKey& random, std::uint64_t seed, std::uint64_t sample);

}  // namespace pim::sim
