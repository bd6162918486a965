#include "sim/analysis/analysis.h"

// Compares the corrected closed form of the configured chip with its simulation, per quantity.
namespace pim::sim {
namespace {

using Value = std::optional<double>;

}  // namespace

std::vector<AnalysisRow> chipRows(const AnalysisInput& input, const SimulatedDecode& simulated) {
  const std::uint32_t banksPerHead = input.config.mapping.banksPerHead;
  const PeakRates rates = peakRates(input.config);
  const DecodeCost published = publishedDecode(input.shape, rates, input.context, banksPerHead);
  const DecodeCost chip = chipDecode(input.shape, input.config, input.layout, input.context);
  std::vector<AnalysisRow> rows;
  const auto row = [&](const char* id, const char* quantity, const char* unit, Value publishedValue,
                       double corrected, double measured) {
    rows.push_back({id, quantity, unit, publishedValue, corrected, measured, {}});
  };
  const auto seconds = [&](Component component, const char* quantity, double publishedValue,
                           double corrected) {
    row(componentName(component), quantity, "s", publishedValue, corrected, simulated.busySeconds(component));
  };
  const auto bytes = [&](const char* id, const char* quantity, Part publishedPart, Part corrected,
                         double measured) {
    row(id, quantity, "bytes", publishedPart.bytes, corrected.bytes, measured);
  };
  seconds(Component::BankWeights, "weights through the banks", published.bankWeights.seconds,
          chip.bankWeights.seconds);
  seconds(Component::BankKv, "attention in the banks", published.bankKv.seconds, chip.bankKv.seconds);
  seconds(Component::LinkWeights, "links for the weights", published.linkWeights(), chip.linkWeights());
  seconds(Component::LinkKv, "links for attention", published.linkKv(), chip.linkKv());
  seconds(Component::ControllerWeights, "Controller for the weights", published.controllerWeights.seconds,
          chip.controllerWeights.seconds);
  seconds(Component::ControllerKv, "Controller for attention", published.controllerKv.seconds,
          chip.controllerKv.seconds);
  seconds(Component::Latency, "latency of the messages",
          (published.messagesWeights + published.messagesKv) * rates.lambda, chip.messages() * rates.lambda);
  bytes("bank_weights_bytes", "weights read, all banks", published.bankWeights, chip.bankWeights,
        simulated.bankBytesWeights);
  bytes("bank_kv_bytes", "KV cache read and written", published.bankKv, chip.bankKv, simulated.bankBytesKv);
  bytes("link_in_weights_bytes", "inputs to the dies", published.linkInWeights, chip.linkInWeights,
        simulated.linkInWeights);
  bytes("link_in_kv_bytes", "the same for attention", published.linkInKv, chip.linkInKv, simulated.linkInKv);
  bytes("link_out_weights_bytes", "results from the dies", published.linkOutWeights, chip.linkOutWeights,
        simulated.linkOutWeights);
  bytes("link_out_kv_bytes", "the same for attention", published.linkOutKv, chip.linkOutKv,
        simulated.linkOutKv);
  bytes("controller_weights_bytes", "Controller memory", published.controllerWeights, chip.controllerWeights,
        simulated.controllerWeights);
  bytes("controller_kv_bytes", "the same for attention", published.controllerKv, chip.controllerKv,
        simulated.controllerKv);
  row("messages_weights", "messages for the weights", "messages", published.messagesWeights,
      chip.messagesWeights, simulated.messagesWeights);
  row("messages_kv", "messages for attention and its appends", "messages", published.messagesKv,
      chip.messagesKv + chip.messagesKvAppend, simulated.messagesKv);
  row("seconds_per_token", "a decode token, nothing overlapped", "s",
      published.seconds() + (published.messagesWeights + published.messagesKv) * rates.lambda,
      chip.seconds() + chip.messages() * rates.lambda, simulated.seconds);
  rows.push_back({"prefill_rate",
                  "prefill, bounded by the MAC arrays",
                  "tokens/s",
                  {},
                  prefillRate(input.shape, rates),
                  {},
                  {}});
  return rows;
}

}  // namespace pim::sim
