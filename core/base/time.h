#pragma once

#include <cstdint>

namespace pim {

/// Simulated time in picoseconds: the resolution of SystemC's default time unit, as a plain integer.
using Picoseconds = std::int64_t;
constexpr double kSecondsPerPicosecond = 1e-12;

/// Time of `bytes` at a bandwidth in GB/s (1e9 bytes per second), rounded up. A bandwidth of 0 is unlimited.
class Bandwidth {
 public:
  constexpr Bandwidth() = default;
  static constexpr Bandwidth fromGbPerS(double gigabytesPerSecond) {
    Bandwidth b;
    // Never negative, and std::llround is not constexpr. NOLINTNEXTLINE(bugprone-incorrect-roundings)
    b.m_bytesPerMillisecond = static_cast<std::int64_t>(gigabytesPerSecond * 1e6 + 0.5);
    return b;
  }
  constexpr bool unlimited() const { return m_bytesPerMillisecond == 0; }

  constexpr Picoseconds timeFor(std::uint64_t bytes) const {
    if (unlimited()) return 0;
    constexpr std::int64_t kPicosecondsPerMillisecond = 1'000'000'000;
    // 2^33 bytes (8 GiB) in one transfer still fit 63 bits.
    const std::int64_t scaled = static_cast<std::int64_t>(bytes) * kPicosecondsPerMillisecond;
    return (scaled + m_bytesPerMillisecond - 1) / m_bytesPerMillisecond;
  }

 private:
  std::int64_t m_bytesPerMillisecond = 0;
};

/// A whole number of cycles of a clock.
class Clock {
 public:
  constexpr explicit Clock(Picoseconds period = 1000) : m_period(period) {}
  constexpr Picoseconds period() const { return m_period; }
  constexpr Picoseconds cycles(std::int64_t n) const { return n * m_period; }
  /// Number of cycles that cover a span of time.
  constexpr std::int64_t covering(Picoseconds span) const { return (span + m_period - 1) / m_period; }
  /// The first clock edge at or after a point in time.
  constexpr Picoseconds edgeAtOrAfter(Picoseconds time) const { return covering(time) * m_period; }

 private:
  Picoseconds m_period;
};

}  // namespace pim
