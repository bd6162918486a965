#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace pim::test {

/// A VCD file, read. Values are numbers; x and z are refused.
struct Vcd {
  struct Change {
    std::int64_t time;
    std::uint64_t value;
  };
  /// From begin to end a signal had this value, which is not 0.
  struct Interval {
    std::int64_t begin, end;
    std::uint64_t value;
    friend bool operator==(const Interval& a, const Interval& b) {
      return a.begin == b.begin && a.end == b.end && a.value == b.value;
    }
  };

  std::string timescale;
  std::int64_t begin = -1;  ///< the first time in the file, and the last
  std::int64_t end = -1;
  std::map<std::string, unsigned> widths;
  std::map<std::string, std::vector<Change>> changes;  ///< by path; the first is the initial value

  /// In the order of time, cut off where the file begins and ends.
  std::vector<Interval> intervals(const std::string& path) const;
};

/// Throws std::runtime_error where it is no VCD that our waveforms could be.
Vcd readVcd(const std::string& text);

}  // namespace pim::test
