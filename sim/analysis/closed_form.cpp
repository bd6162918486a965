#include "sim/analysis/closed_form.h"

#include <algorithm>
#include <cmath>

#include "sim/analysis/peaks.h"

namespace pim::sim {
namespace {

/// Returns the input and output elements of a token's matrices, each matrix separately. S0-19.
double inputElements(const ModelShape& s) {
  return s.hidden + static_cast<double>(s.layers) * (5.0 * s.hidden + s.queryWidth() + s.mlp);
}
double outputElements(const ModelShape& s) {
  return s.vocab +
         static_cast<double>(s.layers) * (s.queryWidth() + 2.0 * s.kvWidth() + 2.0 * s.hidden + 2.0 * s.mlp);
}

/// Returns the elements that the Controller processes between the matrices. S0-26.
double controllerElements(const ModelShape& s) {
  return s.vocab + static_cast<double>(s.layers) * (4.0 * s.hidden + 2.0 * s.mlp);
}

struct Part part(double elements, double bits, double rate) {
  const double bytes = elements * bits / 8;
  return {bytes, bytes / rate};
}

}  // namespace

PeakRates peakRates(const platform::Config& config) {
  PeakRates rates;
  rates.dies = config.chip.dies;
  rates.banks = config.chip.banks();
  const Peaks best = peaks(config);
  rates.bank = best.bankGbPerS * 1e9;
  rates.link = best.linksGbPerS / rates.dies * 1e9;
  rates.controller = best.controllerGbPerS * 1e9;
  rates.lambda = config.link.exchangeLatencyNs * 1e-9;
  rates.macs = best.macGops / 2 * 1e9;
  return rates;
}

double headShare(const ModelShape& shape, const PeakRates& rates, std::uint32_t banksPerHead) {
  return std::min(1.0, static_cast<double>(shape.kvHeads) * banksPerHead / rates.banks);
}

double matrixMessages(const ModelShape& shape, bool fuseQkv, bool fuseGateUp) {
  const double matrices = (fuseQkv ? 1 : 3) + 1 + (fuseGateUp ? 1 : 2) + 1;
  return 2 * (1 + shape.layers * matrices);
}

DecodeCost publishedDecode(const ModelShape& shape, const PeakRates& rates, std::uint32_t context,
                           std::uint32_t banksPerHead) {
  constexpr double kBits = 4;
  const auto published = [](double elements, double rate) {
    return part(elements, kBits, rate * kPublishedUnits);
  };
  const double layers = shape.layers, n = banksPerHead, share = headShare(shape, rates, banksPerHead);
  const double cached = 2.0 * context * shape.kvWidth(), scores = static_cast<double>(shape.heads) * context;
  const double query = shape.queryWidth();

  DecodeCost cost;
  cost.bankWeights = published(static_cast<double>(shape.matrixWeights()), rates.allBanks());  // S0-14
  cost.linkInWeights = published(inputElements(shape), rates.allLinks());                      // S0-20
  cost.linkOutWeights = published(outputElements(shape), rates.allLinks());
  cost.controllerWeights = published(controllerElements(shape), rates.controller);  // S0-26
  cost.messagesWeights = matrixMessages(shape, false, false);                       // S0-18
  if (banksPerHead == 1) {
    cost.bankKv = published(layers * (cached + scores), rates.allBanks() * share);  // S0-16
    cost.linkInKv = published(layers * query, rates.allLinks() * share);            // S0-23
    cost.linkOutKv = cost.linkInKv;
    cost.messagesKv = 2 * layers;  // S0-22
  } else {
    cost.bankKv = published(layers * cached, rates.allBanks() * share);          // S0-17
    cost.linkInKv = published(layers * (n * query + scores), rates.allLinks());  // S0-25
    cost.linkOutKv = cost.linkInKv;
    cost.controllerKv =
        published(layers * (context + n * shape.hidden), rates.controller);  // S0-27: L instead of heads x L
    cost.messagesKv = 6 * layers;                                            // S0-24: 6 instead of 4
  }
  return cost;
}

DecodeCost correctedDecode(const ModelShape& shape, const PeakRates& rates, std::uint32_t context,
                           std::uint32_t banksPerHead, const Widths& widths) {
  const double layers = shape.layers, n = banksPerHead, share = headShare(shape, rates, banksPerHead);
  const double append = 2.0 * shape.kvWidth(), cached = append * context;
  const double scores = static_cast<double>(shape.heads) * context, query = shape.queryWidth();

  DecodeCost cost;
  cost.bankWeights = part(static_cast<double>(shape.matrixWeights()), widths.weight, rates.allBanks());
  // Scores stay in the bank's SRAM; K and V of the new token are written in addition to all reads.
  cost.bankKv = part(layers * (cached + append), widths.kv, rates.allBanks() * share);
  // Every die needs the whole input, so each link transfers all of it.
  cost.linkInWeights = part(inputElements(shape) * rates.dies, widths.input, rates.allLinks());
  cost.linkOutWeights = part(outputElements(shape), widths.output, rates.allLinks());
  cost.controllerWeights = part(controllerElements(shape), widths.output, rates.controller);
  cost.messagesWeights = matrixMessages(shape, false, false);
  cost.messagesKvAppend = layers;

  const auto add = [](Part a, Part b) { return Part{a.bytes + b.bytes, a.seconds + b.seconds}; };
  // With one bank per head, the published formula counts only the links of the banks that hold heads.
  const double links = rates.allLinks() * (banksPerHead == 1 ? share : 1.0);
  cost.linkInKv = add(part(layers * n * query, widths.query, links), part(layers * append, widths.kv, links));
  cost.linkOutKv = part(layers * n * query, widths.output, links);
  if (banksPerHead == 1) {
    cost.messagesKv = 2 * layers;
  } else {
    cost.linkInKv = add(cost.linkInKv, part(layers * scores, widths.probability, links));
    cost.linkOutKv = add(cost.linkOutKv, part(layers * scores, widths.score, links));
    cost.controllerKv = add(part(layers * scores, widths.score, rates.controller),
                            part(layers * n * shape.hidden, widths.output, rates.controller));
    cost.messagesKv = 4 * layers;
  }
  return cost;
}

double publishedContext(const ModelShape& shape, double chipBytes) {
  return 2 * correctedContext(shape, chipBytes);
}

double correctedContext(const ModelShape& shape, double chipBytes, const Widths& widths) {
  const double free = chipBytes - static_cast<double>(shape.matrixWeights()) * widths.weight / 8;
  return std::max(0.0, free / (2.0 * shape.layers * shape.kvWidth() * widths.kv / 8));
}

double prefillRate(const ModelShape& shape, const PeakRates& rates) {
  return rates.macs / static_cast<double>(shape.matrixWeights());
}

}  // namespace pim::sim
