#include "sim/analysis/assumptions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "platform/config/dram.h"
#include "platform/config/validate.h"
#include "sim/analysis/metrics.h"

namespace pim::sim {
namespace {

/// The order of the activates of all banks in a die, in seconds.
struct Turns {
  double last = 0;    ///< from the first bank's activate to the last one's
  double period = 0;  ///< until the first bank may activate again
};

Turns turnsOf(const DramTiming& timing) {
  const DramCycles window = std::max(timing.tFaw, 4 * timing.tRrd);
  const DramCycles banks = timing.organisation.banksPerDie;
  const double cycle = static_cast<double>(timing.tCkPs) * kSecondsPerPicosecond;
  const DramCycles last = (banks - 1) / 4 * window + (banks - 1) % 4 * timing.tRrd;
  const DramCycles period = banks / 4 * window + banks % 4 * timing.tRrd;
  return {static_cast<double>(last) * cycle, static_cast<double>(period) * cycle};
}

}  // namespace

ActivationEstimate estimateActivationLimits(const Stage& decode, const platform::Config& config) {
  const DramTiming timing = resolveDramTiming(platform::dramSettings(config));
  const double token = decode.secondsPerToken();
  if (timing.model == DramTimingModel::Ideal || decode.counters.dram.activates == 0)
    return {1 / token, 1 / token};
  const Turns turns = turnsOf(timing);
  const double each = static_cast<double>(decode.tokens) * config.chip.banks();
  const double rows = static_cast<double>(decode.counters.dram.activates) / each;
  const double perRow = static_cast<double>(decode.counters.bankBusy) * kSecondsPerPicosecond / each / rows;
  // Banks start together after each exchange that sent their operands: half of all exchanges.
  const double exchanges = static_cast<double>(decode.counters.messages[PIM_STREAM_WEIGHTS] +
                                               decode.counters.messages[PIM_STREAM_KV]) /
                           static_cast<double>(decode.tokens);
  const double begins = exchanges / 2 * turns.last;
  const double tRcd = static_cast<double>(timing.tRcdMac * timing.tCkPs) * kSecondsPerPicosecond;
  // With a second row buffer, the activates overlap the columns of the previous row.
  const double waits = config.dram.rowBuffers == 2 ? std::max(0.0, turns.last + tRcd - perRow) : turns.last;
  return {1 / (token + begins + rows * std::max(0.0, turns.period - perRow)),
          1 / (token + rows * waits + (config.dram.rowBuffers == 2 ? begins : 0))};
}

std::string activationAssumption(const Stage& decode, const platform::Config& config) {
  switch (config.dram.activationLimit) {
    case DramActivationLimit::Staggered:
      return "banks of a die take turns to activate, within tRRD and tFAW";
    case DramActivationLimit::Enforced:
      return "all banks of a command wait for the last one's activate, within tRRD and tFAW";
    default:
      break;
  }
  std::string text = "all banks of a die activate at once (dram.activation_limit=off)";
  if (decode.tokens == 0 || config.dram.model == DramTimingModel::Ideal) return text;
  platform::Config limited = config;
  limited.dram.activationLimit = DramActivationLimit::Enforced;
  if (platform::findViolation(limited))
    return text + "; with a limit these values of tRRD and tFAW are refused";
  const ActivationEstimate estimate = estimateActivationLimits(decode, config);
  return text + fmt::format("; within tRRD and tFAW about {} tokens/s staggered, {} enforced",
                            rateText(estimate.staggered), rateText(estimate.enforced));
}

std::vector<std::string> assumptions(const Stage& decode, const platform::Config& config) {
  std::string activation = activationAssumption(decode, config);
  activation[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(activation[0])));
  return {
      activation + ".",
      "Not modelled in the DRAM: turnaround between reads and writes, the command bus, ECC, temperature, "
      "limits of "
      "the power supply.",
      "Not modelled beside the chip: the host's own time and its interface, several chips, several requests "
      "at once.",
      "Energy covers dies, links and Controller. Every constant has a range; most are published for other "
      "processes and scaled (pimtlm describe --energy)."};
}

}  // namespace pim::sim
