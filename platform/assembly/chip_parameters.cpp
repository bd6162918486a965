#include "platform/assembly/chip_parameters.h"

#include <algorithm>
#include <cmath>

#include "platform/config/dram.h"
#include "platform/config/memory_map.h"

namespace pim::platform {
namespace {

Picoseconds picoseconds(double nanoseconds) {
  return static_cast<Picoseconds>(std::llround(nanoseconds * 1000));
}

/// Returns whether every bank must be simulated separately: if banks of a class would not do the same work at
/// the same time, or if a checker needs the commands of every bank.
bool needsExactBanks(const Config& config, bool functional) {
  return functional || config.simulation.exactBanks || config.simulation.checkTiming ||
         config.dram.refresh == DramRefresh::PerBank ||
         config.dram.activationLimit != DramActivationLimit::Off;
}

}  // namespace

DramTiming dramTiming(const Config& config) {
  return resolveDramTiming(dramSettings(config));
}

std::uint32_t operandPortBits(const BankConfig& bank) {
  constexpr std::uint32_t kOperandBits = 16;
  return bank.operandPortBits != 0 ? bank.operandPortBits : kOperandBits * bank.macLanes;
}

BankCompute bankCompute(const Config& config) {
  BankCompute compute;
  compute.clock = Clock(picoseconds(config.dram.tCkNs));
  compute.macLanes = config.bank.macLanes;
  compute.operandPortBits = operandPortBits(config.bank);
  compute.macClock = picoseconds(config.bank.macClockNs);
  compute.softmaxLanes = config.bank.softmaxLanes;
  compute.overhead = config.bank.commandOverhead;
  return compute;
}

BankParameters bankParameters(const Config& config, bool functional) {
  BankParameters parameters;
  parameters.dram = BankTiming(dramTiming(config));
  parameters.compute = bankCompute(config);
  parameters.bramBytes = static_cast<std::uint32_t>(config.bank.bramBytes());
  parameters.functional = functional;
  return parameters;
}

DieParameters dieParameters(const Config& config, bool functional, std::uint32_t die) {
  DieParameters parameters;
  parameters.die = DieIndex(die);
  parameters.banks = config.chip.banksPerDie;
  parameters.timing.link = Bandwidth::fromGbPerS(config.link.bandwidthGbPerS);
  parameters.timing.fullDuplex = config.link.duplex == Duplex::kFull;
  parameters.timing.ram = Bandwidth::fromGbPerS(config.die.ramBandwidthGbPerS);
  parameters.ramBytes = static_cast<std::uint32_t>(config.die.ramBytes());
  parameters.timing.hop = picoseconds(config.die.hopNs);
  parameters.exact = needsExactBanks(config, functional);
  if (config.link.clocked) parameters.timing.beatBytes = kRtlLinkBytes;
  parameters.compare = config.rtl.dies == Fidelity::kCheck;
  return parameters;
}

MemoryRates memoryRates(const Config& config) {
  const ControllerConfig& controller = config.controller;
  const MemoryMap map = memoryMap(config);
  const double port = controller.cramPortBytes / controller.aluClockNs;  // bytes per ns
  MemoryRates rates;
  const auto set = [&](ControllerMemoryKind kind, double gbPerS, double latencyNs, const Region& window) {
    rates[kind] = {Bandwidth::fromGbPerS(std::min(controller.memoryBandwidthGbPerS, gbPerS)),
                   picoseconds(latencyNs), static_cast<std::uint32_t>(window.base), window.size};
  };
  set(ControllerMemoryKind::kCram, port, 0, map.cram);
  set(ControllerMemoryKind::kCmem, controller.cmemBandwidthGbPerS, controller.cmemLatencyNs, map.cmem);
  set(ControllerMemoryKind::kExternal, controller.externalBandwidthGbPerS, controller.externalLatencyNs,
      map.external);
  return rates;
}

ControllerParameters controllerParameters(const Config& config, bool functional, std::uint32_t planAddress) {
  const ControllerConfig& controller = config.controller;
  ControllerParameters p;
  p.map = memoryMap(config);
  p.memory = memoryRates(config);

  p.alus.clock = Clock(picoseconds(controller.aluClockNs));
  p.alus.compute.lanes = controller.aluLanes;
  p.alus.compute.latency = controller.aluLatency;
  p.alus.functional = functional;

  p.processor.dies = config.chip.dies;
  p.processor.banksPerDie = config.chip.banksPerDie;
  p.processor.bramBytes = static_cast<std::uint32_t>(config.bank.bramBytes());
  p.processor.link = dieParameters(config, functional, 0).timing;
  p.processor.exchangeLatency = picoseconds(config.link.exchangeLatencyNs);
  p.processor.functional = functional;
  p.processor.exact = needsExactBanks(config, functional);

  p.core.clock = picoseconds(controller.firmwareClockNs);
  p.core.cyclesPerAccess = controller.firmwareCyclesPerAccess;
  p.core.registersBase = static_cast<std::uint32_t>(p.map.registers.base);
  p.core.planAddress = planAddress;
  return p;
}

}  // namespace pim::platform
