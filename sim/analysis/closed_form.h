#pragma once

#include <cstdint>

#include "core/base/model_shape.h"
#include "platform/config/config.h"

namespace pim::sim {

// The quantitative analysis on which this chip is based, as formulas: the cost of a decode token if every
// part works at its peak rate and nothing overlaps. There are three versions:
//
//   published   the formulas as they were written, with their errata: GiB divided by GB/s, 4 bits for
//               everything
//   corrected   the formulas without errors: SI units; inputs that every die needs cross every link;
//               K and V of the new token are counted; softmax over the scores of all heads. The widths
//               can be chosen
//   chip        corrected, with every byte that this chip moves: scales, shifts, exponents, padding,
//               widths of results
//
// Sources: published.md and quantitative_analysis_numbers.csv, row numbers S0-xx.

/// Bytes moved and the time they take at peak rate.
struct Part {
  double bytes = 0;  ///< whole chip
  double seconds = 0;
};

/// A decode token, part by part.
struct DecodeCost {
  Part bankWeights, bankKv;
  Part linkInWeights, linkInKv;    ///< Controller to dies
  Part linkOutWeights, linkOutKv;  ///< dies to Controller
  Part controllerWeights, controllerKv;
  double messagesWeights = 0;
  double messagesKv = 0;        ///< of attention, without appending K and V
  double messagesKvAppend = 0;  ///< messages that send K and V of the new token to the banks

  double linkWeights() const { return linkInWeights.seconds + linkOutWeights.seconds; }
  double linkKv() const { return linkInKv.seconds + linkOutKv.seconds; }
  /// Without the latency of the messages.
  double seconds() const {
    return bankWeights.seconds + bankKv.seconds + linkWeights() + linkKv() + controllerWeights.seconds +
           controllerKv.seconds;
  }
  double messages() const { return messagesWeights + messagesKv + messagesKvAppend; }
};

/// Peak rates of a chip, in bytes per second.
struct PeakRates {
  std::uint32_t dies = 0;
  std::uint32_t banks = 0;  ///< of all dies
  double bank = 0;          ///< one bank: a column every t_ccd
  double link = 0;          ///< one die's link
  double controller = 0;
  double lambda = 0;  ///< s, latency of a message
  double macs = 0;    ///< multiply-accumulates per second, all banks

  double allBanks() const { return banks * bank; }
  double allLinks() const { return dies * link; }
};
PeakRates peakRates(const platform::Config& config);

/// Bits of an element of each kind; the published analysis uses 4 for all.
struct Widths {
  double weight = 4, kv = 4, input = 4, output = 4, query = 4, score = 4, probability = 4;
};

/// Returns the share of the banks that hold heads if a head takes `banksPerHead` of them.
double headShare(const ModelShape& shape, const PeakRates& rates, std::uint32_t banksPerHead);

DecodeCost publishedDecode(const ModelShape& shape, const PeakRates& rates, std::uint32_t context,
                           std::uint32_t banksPerHead);
DecodeCost correctedDecode(const ModelShape& shape, const PeakRates& rates, std::uint32_t context,
                           std::uint32_t banksPerHead, const Widths& widths = {});

/// Returns the longest sequence that fits beside 4-bit weights. The published formula counts only K or V, the
/// corrected one both.
double publishedContext(const ModelShape& shape, double chipBytes);
double correctedContext(const ModelShape& shape, double chipBytes, const Widths& widths = {});

/// Returns the messages for the matrices of a token: one in and one out per matrix.
double matrixMessages(const ModelShape& shape, bool fuseQkv, bool fuseGateUp);

/// Returns the tokens per second of a prefill that only the arithmetic rate limits.
double prefillRate(const ModelShape& shape, const PeakRates& rates);

/// Published times divide GiB by GB/s.
constexpr double kPublishedUnits = (1024.0 * 1024.0 * 1024.0) / 1e9;

}  // namespace pim::sim
