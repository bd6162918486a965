#include "core/energy/energy.h"

#include <gtest/gtest.h>

#include <numeric>
#include <set>
#include <string>

namespace pim {
namespace {

EnergyConfig ones() {
  EnergyConfig config;
  for (const EnergyConstant& constant : kEnergyConstants) config.*constant.value = 1;
  return config;
}

Counters busyCounters() {
  Counters c;
  c.dram.activates = 1000;
  c.dram.columnReads = 300;
  c.dram.columnWrites = 200;
  c.dram.columnMacs = 60000;
  c.dram.refreshes = 50;
  c.macOperations = 4'000'000;
  c.bramBytes = 7'000'000;
  c.dieRamBytes = 40'000;
  c.linkInBytes[0] = 10'000;
  c.linkOutBytes[1] = 6'000;
  c.controllerBytes[0] = 12'000;
  c.memoryBytes = {20'000, 5'000, 3'000};
  c.bankBusy = 90'000'000;
  return c;
}

const EnergyScope kScope{16, 2, 16384, 1.9e-6};

TEST(Energy, EachConstantReachesTheSum) {
  const Counters counters = busyCounters();
  const double before = energyOf(counters, 1e-3, ones(), kScope).total();
  for (const EnergyConstant& constant : kEnergyConstants) {
    EnergyConfig more = ones();
    more.*constant.value *= 2;
    const double after = energyOf(counters, 1e-3, more, kScope).total();
    // Rows refreshed in twice the time take less.
    EXPECT_EQ(after > before, std::string(constant.key) != "refresh_window_ms") << constant.key;
    EXPECT_NE(after, before) << constant.key;
  }
}

TEST(Energy, RangesHoldTheNominalValueForEveryConstantAndPart) {
  const Counters counters = busyCounters();
  const auto at = [&](EnergyCase which) { return energyOf(counters, 1e-3, energyAt(ones(), which), kScope); };
  const Energy low = at(EnergyCase::Low), nominal = at(EnergyCase::Nominal), high = at(EnergyCase::High);
  for (std::size_t i = 0; i < kEnergyParts; ++i) {
    const char* name = energyPartName(static_cast<EnergyPart>(i));
    EXPECT_GT(low.joules[i], 0) << name;
    EXPECT_LT(low.joules[i], nominal.joules[i]) << name;
    EXPECT_LT(nominal.joules[i], high.joules[i]) << name;
  }
}

TEST(Energy, ConstantsSayWhatTheyAre) {
  std::set<std::string> keys;
  for (const EnergyConstant& constant : kEnergyConstants) {
    EXPECT_TRUE(keys.insert(constant.key).second) << constant.key;
    for (const char* text : {constant.unit, constant.node, constant.covers, constant.source})
      EXPECT_GT(std::string(text).size(), 1u) << constant.key;
  }
}

TEST(Energy, RefreshOpensEveryRowOnceInAWindow) {
  EnergyConfig config;
  config.refreshWindowMs = 32;
  config.activatePrechargeNj = 3;
  Counters counters;
  // A window's refreshes of one bank.
  counters.dram.refreshes = static_cast<std::uint64_t>(32e-3 / kScope.refreshIntervalSeconds + 0.5);
  const double joules = energyOf(counters, 0, config, kScope).total();
  EXPECT_NEAR(joules, 16384 * 3e-9, 1e-4 * joules);
}

TEST(Energy, BanksStandByActiveWhileTheyWorkAndPrechargedOtherwise) {
  EnergyConfig config;
  config.prechargedStandbyMwPerBank = 10;
  config.activeStandbyMwPerBank = 16;
  Counters counters;
  counters.bankBusy = 4'000'000'000;  // 4 ms of 16 banks in 1 ms
  EXPECT_NEAR(energyOf(counters, 1e-3, config, kScope).total(), (12 * 10 + 4 * 16) * 1e-6, 1e-12);
  EXPECT_NEAR(idlePower(config, kScope), 0.16, 1e-12);
}

/// Stillmaker and Baas 2017, high-performance process: energy of a gate at a supply voltage.
double gateEnergy(double a2, double a1, double a0, double volts) {
  return a2 * volts * volts + a1 * volts + a0;
}

TEST(Energy, LogicIsScaledByThePublishedEquations) {
  const double at45 = gateEnergy(1.018, -0.3107, 0.1539, 1.0);
  const double at32 = gateEnergy(0.8367, -0.4341, 0.1701, 0.9);
  const double at20 = gateEnergy(0.373, -0.1582, 0.04104, 0.9);
  EXPECT_NEAR(at32 / at45, 0.531, 0.001);
  for (const EnergyConstant& constant : kEnergyConstants) {
    if (std::string(constant.source).find("Horowitz") == std::string::npos) continue;
    EXPECT_NEAR(constant.low, at20 / at32, 0.01) << constant.key;
    EXPECT_NEAR(constant.high, at45 / at32, 0.01) << constant.key;
  }
}

}  // namespace
}  // namespace pim
