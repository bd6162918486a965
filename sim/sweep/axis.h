#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pim::sim {

/// A key and the values that it takes, as text.
struct Axis {
  std::string key;
  std::vector<std::string> values;
};

/// A key of which random samples draw: one of some values, or a number of a range, evenly or evenly in its
/// logarithm.
struct RandomKey {
  std::string key;
  std::vector<std::string> values;  ///< empty: the range
  double from = 0, to = 0;
  bool logarithmic = false;
};

/// The values of "V1,V2,...", "FROM..TO:logN" or "FROM..TO:linN" for `key`: numbers of a range are rounded to
/// six digits, whole where the key wants that, to what it allows; each once. UserError: anything else.
Axis parseAxis(const std::string& key, const std::string& text, const std::string& place);

/// "V1,V2,...", "FROM..TO:log" or "FROM..TO:lin" for random samples.
RandomKey parseRandomKey(const std::string& key, const std::string& text, const std::string& place);

/// Sample number `sample` of a key; the same for the same three numbers on every machine.
std::string drawSample(const RandomKey& random, std::uint64_t seed, std::uint64_t sample);

}  // namespace pim::sim
