#include <gtest/gtest.h>

#include <numeric>
#include <string>
#include <vector>

#include "sim/analysis/metrics.h"
#include "sim/run/mapping.h"
#include "sim/run/own_process.h"
#include "sim/run/simulation.h"
#include "sw/host/layout/planner.h"
#include "tests/sim/analysis/decode_run.h"
#include "tests/sim/analysis/random_chips.h"

// What is said to bound the chip is what helps when it is changed, and no part of the critical path is longer
// than what its component was busy for.
namespace pim::sim {
namespace {

struct StageTimes {
  Picoseconds elapsed = 0;
  CriticalPath::Shares busy{}, critical{};

  Picoseconds of(const CriticalPath::Shares& shares, Component component) const {
    return shares[static_cast<std::size_t>(component)];
  }
  Component bound() const {
    const auto largest = std::max_element(critical.begin(), critical.end());
    return static_cast<Component>(largest - critical.begin());
  }
};

struct Times {
  bool done = false;
  StageTimes prefill, decode;
};

Times runOf(const ChipSetup& setup, std::uint32_t prompt, std::uint32_t generate) {
  RunRequest request;
  request.config = setup.config;
  request.layout = host::planModel(setup.shape, chipShape(setup.config), mappingOptions(setup.config),
                                   prompt + generate - 1);
  request.job.prompt.assign(prompt, 1);
  request.job.generate = generate;
  request.job.ignoreEos = true;
  Times run;
  runInOwnProcess<Times>(
      [&] {
        Times result;
        for (const Phase& phase : simulate(request).phases) {
          StageTimes& times = phase.kind == PIM_MARK_PREFILL ? result.prefill : result.decode;
          times.elapsed += phase.duration();
          for (std::size_t i = 0; i < kComponents; ++i) {
            times.busy[i] += phase.counters.busy[i];
            times.critical[i] += phase.critical[i];
          }
        }
        result.done = true;
        return result;
      },
      run);
  return run;
}

void expectInvariants(const StageTimes& times) {
  EXPECT_EQ(std::accumulate(times.critical.begin(), times.critical.end(), Picoseconds{0}), times.elapsed);
  for (std::size_t i = 0; i < kComponents; ++i) {
    const char* const name = componentName(static_cast<Component>(i));
    EXPECT_GE(times.critical[i], 0) << name;
    EXPECT_LE(times.critical[i], times.busy[i]) << name;
  }
}

void expectInvariants(const Times& run) {
  ASSERT_TRUE(run.done);
  expectInvariants(run.prefill);
  expectInvariants(run.decode);
}

const platform::Overrides kSmall{"weights.group=32"};
// On the small model the firmware of aim8's core takes longer than what a case slows down.
const char* const kFastCore = "controller.firmware_clock_ns=0.001";

platform::Overrides with(platform::Overrides own) {
  own.insert(own.end(), kSmall.begin(), kSmall.end());
  return own;
}

class Bound : public ::testing::TestWithParam<const char*> {};

TEST_P(Bound, CriticalTimeIsWithinBusyTimeAndSumsUp) {
  expectInvariants(runOf(ChipSetup("aim8", with({GetParam()}), "tiny"), 21, 6));
}

INSTANTIATE_TEST_SUITE_P(
    Settings, Bound,
    ::testing::Values("dram.refresh=per_bank", "dram.refresh=off", "dram.activation_limit=staggered",
                      "dram.activation_limit=enforced", "schedule.overlap=off", "link.duplex=half",
                      "controller.firmware_clock_ns=64", "controller.firmware_cycles_per_access=50",
                      "controller.queue_depth=2", "mapping.weights=2d", "mapping.banks_per_head=4",
                      "mapping.embedding=banks", "simulation.exact_banks=on", "link.bandwidth_gb_per_s=0.1",
                      "controller.memory_bandwidth_gb_per_s=1", "die.hop_ns=500"));

struct Case {
  const char* set;     ///< makes the chip slow
  Component bound;     ///< there
  const char* remedy;  ///< halves what that component costs
};

class Remedy : public ::testing::TestWithParam<Case> {};

TEST_P(Remedy, WhatBoundsTheChipIsWhatHelps) {
  const Case& chip = GetParam();
  const Times slow = runOf(ChipSetup("aim8", with({kFastCore, chip.set}), "tiny"), 5, 6);
  const Times faster = runOf(ChipSetup("aim8", with({kFastCore, chip.set, chip.remedy}), "tiny"), 5, 6);
  expectInvariants(slow);
  ASSERT_TRUE(faster.done);
  EXPECT_EQ(slow.decode.bound(), chip.bound) << componentName(slow.decode.bound());
  // Half of the component goes; what is left of the path had to wait for something else.
  const double gone = static_cast<double>(slow.decode.elapsed - faster.decode.elapsed);
  EXPECT_GT(gone, 0.3 * static_cast<double>(slow.decode.of(slow.decode.critical, chip.bound)));
}

INSTANTIATE_TEST_SUITE_P(
    Decode, Remedy,
    ::testing::Values(
        Case{"controller.firmware_clock_ns=64", Component::Firmware, "controller.firmware_clock_ns=32"},
        Case{"link.exchange_latency_ns=2000", Component::Latency, "link.exchange_latency_ns=1000"},
        Case{"link.bandwidth_gb_per_s=0.05", Component::LinkWeights, "link.bandwidth_gb_per_s=0.1"},
        Case{"dram.t_ccd_ns=100", Component::BankWeights, "dram.t_ccd_ns=50"}));

TEST(BoundOfRandomChips, CriticalTimeIsWithinBusyTimeAndSumsUp) {
  RandomChips chips(11);
  for (int i = 0; i < 60; ++i) {
    const ChipSetup setup = chips.next("tiny");
    SCOPED_TRACE(chips.text());
    expectInvariants(runOf(setup, 1 + static_cast<std::uint32_t>(i) % 29, 4));
  }
}

}  // namespace
}  // namespace pim::sim
