#include "core/dram/dram_timing.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "core/base/error.h"

namespace pim {
namespace {

// Much less than a picosecond, much more than the rounding error of a sum of nanoseconds in a double.
constexpr double kToleranceNs = 1e-6;
constexpr double kLongestNs = 1e9;

// A cycle later than the end of any run; the sum of three such values does not overflow.
constexpr DramCycles kNever = std::numeric_limits<DramCycles>::max() / 4;

void require(bool holds, const std::string& key, const std::string& expectation) {
  if (!holds) throw UserError("dram." + key + ": expected " + expectation);
}

std::string number(double value) {
  std::string text = std::to_string(value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string number(std::uint64_t value) {
  return std::to_string(value);
}

std::string nanoseconds(double value) {
  return number(value) + " ns";
}

void atLeast(double value, double least, const std::string& key, const std::string& rule) {
  require(value >= least - kToleranceNs, key,
          "at least " + rule + " = " + nanoseconds(least) + ", got " + nanoseconds(value));
}

bool isPowerOfTwo(std::uint32_t n) {
  return n != 0 && (n & (n - 1)) == 0;
}

int log2(std::uint32_t powerOfTwo) {
  int bits = 0;
  while (powerOfTwo >> bits > 1) ++bits;
  return bits;
}

void validateOrganisation(const DramOrganisation& o) {
  require(isPowerOfTwo(o.columnBytes), "column_bytes", "a power of two");
  require(isPowerOfTwo(o.pageBytes) && o.pageBytes >= o.columnBytes, "page_bytes",
          "a power of two, at least column_bytes = " + number(std::uint64_t{o.columnBytes}));
  require(o.bankBytes > 0 && o.bankBytes % o.pageBytes == 0, "bank_bytes",
          "a multiple of page_bytes = " + number(std::uint64_t{o.pageBytes}));
  require(o.bankBytes / o.pageBytes <= std::numeric_limits<std::int32_t>::max(), "bank_bytes",
          "less than 2^31 rows");
  require(o.banksPerDie > 0, "banks_per_die", "more than 0");
  require(o.rowBuffers == 1 || o.rowBuffers == 2, "row_buffers", "1 or 2");
}

void validateRanges(const DramTimingNs& ns) {
  require(ns.tCk > 0 && ns.tCk <= kLongestNs, "t_ck_ns", "more than 0");
  const double tCkPs = ns.tCk * 1000;
  require(tCkPs >= 1 && std::abs(tCkPs - std::round(tCkPs)) < kToleranceNs, "t_ck_ns",
          "a whole number of picoseconds, got " + nanoseconds(ns.tCk));
  for (const DramTimingField& field : kDramTimingFields) {
    const double value = ns.*field.ns;
    require(value >= 0 && value <= kLongestNs, field.key, "between 0 and 1e9, got " + number(value));
  }
  require(ns.tCcd > 0, "t_ccd_ns", "more than 0");
}

void validateRefresh(const DramSettings& config) {
  const DramTimingNs& ns = config.ns;
  require(config.refreshPostponeMax >= 0 && config.refreshPostponeMax <= 1'000'000, "refresh_postpone_max",
          "between 0 and 1000000");
  if (config.refresh == DramRefresh::Off) return;

  const bool perBank = config.refresh == DramRefresh::PerBank;
  const char* const key = perBank ? "t_rfc_pb_ns" : "t_rfc_ns";
  const double tRfc = perBank ? ns.tRfcPb : ns.tRfc;
  require(tRfc < ns.tRefi, key,
          "less than t_refi_ns = " + nanoseconds(ns.tRefi) + ", got " + nanoseconds(tRfc));
  // A row that is interrupted immediately must still transfer some columns before the next refresh.
  const double banks = config.organisation.banksPerDie;
  const double spread = config.activationLimit == DramActivationLimit::Off
                            ? 0
                            : std::ceil(banks / 4) * std::max(ns.tFaw, 4 * ns.tRrd);
  const double row = tRfc + 2 * (ns.tRc + spread) + std::max({ns.tRcdRead, ns.tRcdMac, ns.tRcdWrite}) +
                     ns.tCcd + std::max(ns.tRtp, ns.tCcd + ns.tWr) + ns.tRp + 16 * ns.tCk;
  require(ns.tRefi > row, "t_refi_ns",
          "more than a refresh and the activation of a row take (" + nanoseconds(row) + "), got " +
              nanoseconds(ns.tRefi));
}

}  // namespace

void validate(const DramSettings& config) {
  const DramTimingNs& ns = config.ns;
  validateRanges(ns);
  validateOrganisation(config.organisation);
  atLeast(ns.tRas, ns.tRcdRead + ns.tRtp, "t_ras_ns", "t_rcd_read_ns + t_rtp_ns");
  atLeast(ns.tRc, ns.tRas + ns.tRp, "t_rc_ns", "t_ras_ns + t_rp_ns");
  if (config.activationLimit != DramActivationLimit::Off) {
    require(ns.tRrd > 0, "t_rrd_ns", "more than 0 with an activation_limit");
    atLeast(ns.tFaw, ns.tRrd, "t_faw_ns", "t_rrd_ns");
  }
  validateRefresh(config);
}

DramTiming resolveDramTiming(const DramSettings& config) {
  validate(config);
  DramTiming timing;
  timing.tCkPs = std::llround(config.ns.tCk * 1000);
  const double tCkNs = static_cast<double>(timing.tCkPs) / 1000;
  for (const DramTimingField& field : kDramTimingFields) {
    timing.*field.cycles = static_cast<DramCycles>(std::ceil(config.ns.*field.ns / tCkNs - kToleranceNs));
  }
  timing.organisation = config.organisation;
  timing.columnBits = log2(config.organisation.columnBytes);
  timing.rowBits = log2(config.organisation.pageBytes) - timing.columnBits;
  timing.kinds = {{{timing.tRcdRead, timing.tRtp},
                   {timing.tRcdMac, timing.tRtp},
                   {timing.tRcdWrite, timing.tCcd + timing.tWr}}};
  timing.reach = std::max({timing.tRc, timing.tRcdRead, timing.tRcdMac, timing.tRcdWrite});
  timing.refresh = config.refresh;
  timing.refreshPostponeMax = config.refreshPostponeMax;
  timing.activationLimit = config.activationLimit;
  timing.model = config.model;
  if (timing.refresh == DramRefresh::Off) {
    timing.refreshInterval = timing.refreshPostpone = kNever;
  } else {
    timing.refreshInterval = timing.tRefi;
    timing.refreshPostpone = timing.refreshPostponeMax * timing.tRefi;
    timing.refreshCycles = timing.refresh == DramRefresh::PerBank ? timing.tRfcPb : timing.tRfc;
  }
  return timing;
}

}  // namespace pim
