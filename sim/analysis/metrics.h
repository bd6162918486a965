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

/// All phases of one kind together.
struct Stage {
  std::uint64_t tokens = 0;
  double seconds = 0;
  std::vector<double> perToken;  ///< seconds
  Counters counters;
  CriticalPath::Shares critical{};

  double tokensPerSecond() const { return seconds > 0 ? static_cast<double>(tokens) / seconds : 0; }
  double secondsPerToken() const { return tokens > 0 ? seconds / static_cast<double>(tokens) : 0; }
};

/// Prefill: the prompt, up to the first token. Decode: the steps that each make one more.
Stage prefillStage(const RunResult& result, std::uint64_t promptTokens);
Stage decodeStage(const RunResult& result);

/// Share of the time for which a part of the chip was busy, 0..1.
struct Utilisation {
  double bank = 0;        ///< mean over banks
  double link = 0;        ///< mean over links and directions
  double controller = 0;  ///< the ALUs
  double mac = 0;         ///< products made of those the MAC arrays could have made
};
Utilisation utilisation(const Stage& stage, const platform::Config& config);

/// What a stage's banks did while they worked on a stream (enum pim_stream): the share of their time, 0..1,
/// in which columns would have streamed at full speed, and in which the MAC arrays were needed. The two
/// overlap; what is left went into opening rows, refresh and the pipelines.
struct BankTime {
  double columns = 0;
  double mac = 0;  ///< of both streams: they share the arrays
};
BankTime bankTime(const Stage& stage, std::size_t stream, const platform::Config& config);

/// The component with the largest share of the critical path: what bounds the chip.
Component bound(const Stage& stage);

/// A component as people would say it: "reading weights in the banks".
const char* inWords(Component component);

/// Something per second (or per joule): one decimal place, or three digits where that would show next to
/// nothing.
std::string rateText(double rate);

constexpr double kSecondsPerPicosecond = 1e-12;

}  // namespace pim::sim
