#pragma once

#include <cstdint>

#include "sim/analysis/advice.h"
#include "tests/sim/analysis/decode_run.h"

namespace pim::sim {

/// Tokens a second of the stages of a job.
struct HandRates {
  double prefill = 0, decode = 0;
};

/// As somebody would run it who read the advice. Nothing where the chip is refused.
std::optional<HandRates> ratesByHand(const ModelShape& shape, const platform::Config& config,
                                     const PointJob& job);

/// Each change that is advised gains, to the last digit, what runs by hand gain, and 1 % at least; the best
/// of a kind comes first. Where nothing is advised, no single change gains 1 %.
void expectWhatRunsByHandGive(const ChipSetup& setup, const PointJob& job, const Advice& advice);

/// The same of the advice on `count` chips drawn from a seed.
void expectAdviceOnRandomChips(std::uint32_t seed, std::uint32_t count);

}  // namespace pim::sim
