#include "core/energy/energy.h"

#include <numeric>

namespace pim {
namespace {

constexpr double kPico = 1e-12;
constexpr double kNano = 1e-9;
constexpr double kMilli = 1e-3;
constexpr double kBitsPerByte = 8;

double sum(const Counters::PerStream& bytes) {
  return static_cast<double>(std::accumulate(bytes.begin(), bytes.end(), std::uint64_t{0}));
}

/// Returns the rows that one refresh command restores in one bank.
double rowsPerRefresh(const EnergyConfig& e, const EnergyScope& scope) {
  if (e.refreshWindowMs <= 0) return 0;
  return scope.rowsPerBank * scope.refreshIntervalSeconds / (e.refreshWindowMs * kMilli);
}

double staticWatts(const EnergyConfig& e, const EnergyScope& scope) {
  return (e.controllerStaticMw + e.firmwareCoreMw + scope.links * e.linkPhyMw) * kMilli;
}

}  // namespace

const char* energyPartName(EnergyPart part) {
  static constexpr std::array<const char*, kEnergyParts> kNames = {
      "activate_precharge", "column_access", "mac",     "bram",    "die_ram", "links", "cram", "cmem",
      "external",           "alus",          "refresh", "standby", "static"};
  return kNames[static_cast<std::size_t>(part)];
}

double Energy::total() const {
  return std::accumulate(joules.begin(), joules.end(), 0.0);
}

Energy energyOf(const Counters& c, double seconds, const EnergyConfig& e, const EnergyScope& scope) {
  const auto times = [](std::uint64_t events, double each) { return static_cast<double>(events) * each; };
  const auto bits = [&](std::uint64_t bytes, double pjPerBit) {
    return times(bytes, kBitsPerByte * pjPerBit * kPico);
  };
  Energy energy;
  const auto set = [&](EnergyPart part, double joules) {
    energy.joules[static_cast<std::size_t>(part)] = joules;
  };
  set(EnergyPart::ActivatePrecharge, times(c.dram.activates, e.activatePrechargeNj * kNano));
  set(EnergyPart::ColumnAccess,
      (times(c.dram.columnReads, e.columnReadPj) + times(c.dram.columnWrites, e.columnWritePj) +
       times(c.dram.columnMacs, e.columnMacPj)) *
          kPico);
  set(EnergyPart::Mac, times(c.macOperations, e.macOperationPj * kPico));
  set(EnergyPart::Bram, bits(c.bramBytes, e.bramPjPerBit));
  set(EnergyPart::DieRam, bits(c.dieRamBytes, e.dieRamPjPerBit));
  set(EnergyPart::Links, (sum(c.linkInBytes) + sum(c.linkOutBytes)) * kBitsPerByte * e.linkPjPerBit * kPico);
  set(EnergyPart::Cram, bits(c.bytesOf(ControllerMemoryKind::kCram), e.cramPjPerBit));
  set(EnergyPart::Cmem, bits(c.bytesOf(ControllerMemoryKind::kCmem), e.cmemPjPerBit));
  set(EnergyPart::External, bits(c.bytesOf(ControllerMemoryKind::kExternal), e.externalPjPerBit));
  constexpr double kBytesPerElement = 4;
  set(EnergyPart::Alus, sum(c.controllerBytes) / kBytesPerElement * e.aluElementPj * kPico);
  set(EnergyPart::Refresh, times(c.dram.refreshes, rowsPerRefresh(e, scope) * e.activatePrechargeNj * kNano));
  const double atWork = static_cast<double>(c.bankBusy) * kSecondsPerPicosecond;
  set(EnergyPart::Standby,
      (e.prechargedStandbyMwPerBank * (scope.banks * seconds - atWork) + e.activeStandbyMwPerBank * atWork) *
          kMilli);
  set(EnergyPart::Static, staticWatts(e, scope) * seconds);
  return energy;
}

double idlePower(const EnergyConfig& e, const EnergyScope& scope) {
  return e.prechargedStandbyMwPerBank * kMilli * scope.banks + staticWatts(e, scope);
}

}  // namespace pim
