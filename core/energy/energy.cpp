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

}  // namespace

const char* energyPartName(EnergyPart part) {
  static constexpr std::array<const char*, kEnergyParts> kNames = {
      "activate_precharge", "column_access", "mac",     "bram",   "die_ram", "links",
      "controller_memory",  "alus",          "refresh", "standby"};
  return kNames[static_cast<std::size_t>(part)];
}

double Energy::total() const {
  return std::accumulate(joules.begin(), joules.end(), 0.0);
}

Energy energyOf(const Counters& c, double seconds, const EnergyConfig& e, double banks) {
  const auto times = [](std::uint64_t events, double each) { return static_cast<double>(events) * each; };
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
  set(EnergyPart::Bram, times(c.bramBytes, kBitsPerByte * e.bramPjPerBit * kPico));
  set(EnergyPart::DieRam, times(c.dieRamBytes, kBitsPerByte * e.dieRamPjPerBit * kPico));
  set(EnergyPart::Links, (sum(c.linkInBytes) + sum(c.linkOutBytes)) * kBitsPerByte * e.linkPjPerBit * kPico);
  const double controllerBytes = sum(c.controllerBytes);
  set(EnergyPart::ControllerMemory, sum(c.memoryBytes) * kBitsPerByte * e.controllerMemoryPjPerBit * kPico);
  constexpr double kBytesPerElement = 4;
  set(EnergyPart::Alus, controllerBytes / kBytesPerElement * e.aluElementPj * kPico);
  set(EnergyPart::Refresh, times(c.dram.refreshes, e.refreshNj * kNano));
  set(EnergyPart::Standby, e.standbyMwPerBank * kMilli * banks * seconds);
  return energy;
}

}  // namespace pim
