#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace pim::test {

/// The contents of a VCD file. Values are numbers; x and z are refused.
struct Vcd {
  struct Change {
    std::int64_t time;
    std::uint64_t value;
  };
  /// A span of time in which a signal had this value, which is not 0.
  struct Interval {
    std::int64_t begin, end;
    std::uint64_t value;
    friend bool operator==(const Interval& a, const Interval& b) {
      return a.begin == b.begin && a.end == b.end && a.value == b.value;
    }
  };

  std::string timescale;
  std::int64_t begin = -1;  ///< first and last time in the file
  std::int64_t end = -1;
  std::map<std::string, unsigned> widths;
  std::map<std::string, std::vector<Change>> changes;  ///< by path; the first change is the initial value

  /// Returns the intervals in the order of time, limited to the times of the file.
  std::vector<Interval> intervals(const std::string& path) const;
};

/// Parses a VCD file. Throws std::runtime_error if the text is not in the format of this project's waveforms.
Vcd readVcd(const std::string& text);

}  // namespace pim::test
