#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/platform/assembly/chip_run.h"

namespace pim::test {
namespace {

/// Banks and dies that run in lock-step are computed once. That is a short cut, never another result.
void expectNoDifference(ChipRun run) {
  const std::string what = fmt::format("{}", fmt::join(run.overrides, " "));
  run.functional = false;
  const ChipOutcome quick = runChip(run);
  ASSERT_EQ(quick.error, "") << what;
  run.overrides.push_back("simulation.exact_banks=on");
  const ChipOutcome exact = runChip(run);
  ASSERT_GT(quick.result.end, 0);
  EXPECT_EQ(firstDifference(quick, exact), "") << what;
}

ChipRun timingRun(platform::Overrides overrides = {}) {
  ChipRun run;
  run.shape = tinyShape();
  run.prompt = {1, 32, 63, 94, 125};
  run.generate = 6;
  run.overrides = std::move(overrides);
  run.overrides.insert(run.overrides.begin(), {"chip.dies=4", "chip.banks_per_die=8"});
  return run;
}

TEST(ExactBanks, AgreeWhateverTheMapping) {
  for (const char* weights : {"1d", "2d"}) {
    for (const unsigned banksPerHead : {1u, 2u, 4u}) {
      for (const char* overlap : {"on", "off"}) {
        expectNoDifference(
            timingRun(weightMapping(weights) +
                      platform::Overrides{fmt::format("mapping.banks_per_head={}", banksPerHead),
                                          fmt::format("schedule.overlap={}", overlap)}));
      }
    }
  }
}

TEST(ExactBanks, AgreeWhenRowsDoNotDivideOverBanks) {
  for (const std::uint32_t vocab : {149u, 161u, 37u}) {
    for (const std::uint32_t mlp : {160u, 288u}) {
      ChipRun run = timingRun();
      run.shape.vocab = vocab;
      run.shape.mlp = mlp;
      expectNoDifference(run);
    }
  }
}

TEST(ExactBanks, AgreeWithFewerAndMoreHeadsThanBanks) {
  for (const std::uint32_t kvHeads : {1u, 2u, 8u}) {
    ChipRun run = timingRun({"schedule.tiles_in_flight=1"});
    run.shape.kvHeads = kvHeads;
    expectNoDifference(run);
    run.overrides.insert(run.overrides.end(), {"chip.dies=3", "chip.banks_per_die=2"});
    expectNoDifference(run);
  }
}

TEST(ExactBanks, AgreeWhateverTheDram) {
  for (const char* refresh : {"all_bank", "per_bank", "off"}) {
    for (const char* limit : {"off", "enforced", "staggered"}) {
      for (const unsigned rowBuffers : {1u, 2u}) {
        expectNoDifference(timingRun({fmt::format("dram.refresh={}", refresh),
                                      fmt::format("dram.activation_limit={}", limit),
                                      fmt::format("dram.row_buffers={}", rowBuffers)}));
      }
    }
  }
  expectNoDifference(timingRun({"dram.model=ideal"}));
  expectNoDifference(timingRun({"dram.refresh_postpone_max=0"}));
}

TEST(ExactBanks, AgreeWhateverTheLinks) {
  expectNoDifference(timingRun({"link.duplex=half"}));
  expectNoDifference(
      timingRun({"link.duplex=half", "mapping.banks_per_head=2", "link.bandwidth_gb_per_s=1"}));
  expectNoDifference(timingRun({"link.exchange_latency_ns=0", "link.clocked=off", "die.hop_ns=0"}));
}

TEST(ExactBanks, AgreeWhenSingleBanksAreFetchedFrom) {
  expectNoDifference(timingRun({"mapping.embedding=banks"}));
  expectNoDifference(timingRun({"mapping.embedding=banks", "dram.row_buffers=2", "link.duplex=half"}));
}

TEST(ExactBanks, AgreeFarIntoALongSequence) {
  ChipRun run = timingRun({"mapping.banks_per_head=2", "kv.bits=8"});
  run.context = 90;
  run.generate = 50;
  run.shape.context = 256;
  expectNoDifference(run);
}

TEST(ExactBanks, AgreeOnThePresetsWithARealModel) {
  ChipRun run;
  run.shape = platform::loadModel("tinyllama-1.1b");
  run.shape.layers = 2;
  run.prompt.assign(9, 5);
  run.generate = 3;
  run.overrides = {"chip.dies=8",
                   "chip.banks_per_die=16",
                   "bank.bram_kib=64",
                   "bank.bmem_mib=32",
                   "controller.cmem_mib=256",
                   "weights.group=128",
                   "controller.queue_depth=64"};
  expectNoDifference(run);
  run.overrides.push_back("mapping.banks_per_head=4");
  expectNoDifference(run);
}

}  // namespace
}  // namespace pim::test
