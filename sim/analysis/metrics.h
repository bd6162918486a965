#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/observe/statistics.h"
#include "platform/config/config.h"
#include "sim/run/simulation.h"

namespace pim::sim {

/// Sum of all phases of one kind.
struct Stage {
  std::uint64_t tokens = 0;
  double seconds = 0;
  std::vector<double> perToken;  ///< seconds
  Counters counters;
  CriticalPath::Shares critical{};

  double tokensPerSecond() const { return seconds > 0 ? static_cast<double>(tokens) / seconds : 0; }
  double secondsPerToken() const { return tokens > 0 ? seconds / static_cast<double>(tokens) : 0; }
};

/// Returns the sums of the prefill (the prompt, up to the first token) and of the decode (the steps that
/// generate one further token each).
Stage prefillStage(const RunResult& result, std::uint64_t promptTokens);
Stage decodeStage(const RunResult& result);

/// Share of the time, 0..1, for which a part of the chip was busy.
struct Utilisation {
  double bank = 0;        ///< mean over banks
  double link = 0;        ///< mean over links and directions
  double controller = 0;  ///< the ALUs
  double mac = 0;         ///< actual products as a share of the possible ones
};
Utilisation utilisation(const Stage& stage, const platform::Config& config);

/// The work of a stage's banks on a stream (enum pim_stream), as shares of their busy time, 0..1: the time
/// for which columns would have streamed at full speed, and the time for which the MAC arrays were needed.
/// The two overlap; the rest is the opening of rows, refresh and pipelines.
struct BankTime {
  double columns = 0;
  double mac = 0;  ///< of both streams: they share the arrays
};
BankTime bankTime(const Stage& stage, std::size_t stream, const platform::Config& config);

/// Returns the component with the largest share of the critical path, which limits the chip.
Component bound(const Stage& stage);

/// Describes a component: "reading weights in the banks".
const char* inWords(Component component);

/// Formats a rate per second (or per joule): one decimal place, or three digits for small values.
std::string rateText(double rate);

}  // namespace pim::sim
