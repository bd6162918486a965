// What the firmware says its commands are for: the labels that timelines and profiles show.
#include <gtest/gtest.h>

#include <set>

#include "sw/host/layout/planner.h"
#include "tests/sw/firmware/counting_machine.h"
#include "tests/sw/host/shapes.h"

namespace pim::test {
namespace {

/// The commands of phase `phase` of a job.
std::vector<pim_command> commandsOf(std::uint32_t prompt, std::uint32_t generate, std::size_t phase) {
  host::MappingOptions options;
  options.kvBits = 4;
  options.tokenTile = 8;
  const host::Layout layout = host::planModel(llama7b(), {}, options, 512);
  CountingMachine machine(layout);
  pim_job job{};
  job.prompt_tokens = prompt;
  job.generate = generate;
  EXPECT_EQ(machine.run(job), PIM_OK);
  return machine.phases.at(phase);
}

TEST(Labels, EveryCommandOfATokenHasAStep) {
  for (const pim_command& c : commandsOf(1, 2, 1)) {
    EXPECT_GE(c.step, PIM_STEP_EMBED);
    EXPECT_LE(c.step, PIM_STEP_HEAD);
  }
}

TEST(Labels, StepsOfALayerComeInTheirOrderAndLayersInTheirs) {
  std::vector<std::pair<unsigned, unsigned>> turns;  // layer, step
  for (const pim_command& c : commandsOf(1, 2, 1)) {
    const std::pair<unsigned, unsigned> turn{c.layer, c.step};
    if (turns.empty() || turns.back() != turn) turns.push_back(turn);
  }
  std::vector<std::pair<unsigned, unsigned>> expected{{0, PIM_STEP_EMBED}};
  for (unsigned layer = 0; layer < 32; ++layer)
    for (unsigned step = PIM_STEP_QKV; step <= PIM_STEP_DOWN; ++step) expected.emplace_back(layer, step);
  expected.emplace_back(32, PIM_STEP_HEAD);
  EXPECT_EQ(turns, expected);
}

TEST(Labels, AttentionIsWhereTheCacheIs) {
  for (const pim_command& c : commandsOf(1, 2, 1)) {
    if (c.opcode == PIM_OP_SCORE || c.opcode == PIM_OP_STORE) {
      EXPECT_EQ(c.step, PIM_STEP_ATTENTION);
    }
    if (c.opcode == PIM_OP_MAC) {
      EXPECT_NE(c.step, PIM_STEP_ATTENTION);
    }
    if (c.opcode == PIM_OP_ARGMAX) {
      EXPECT_EQ(c.step, PIM_STEP_HEAD);
    }
  }
}

TEST(Labels, TilesInFlightAreToldApart) {
  std::set<unsigned> tiles;
  for (const pim_command& c : commandsOf(16, 1, 0)) tiles.insert(c.tile);
  EXPECT_EQ(tiles, (std::set<unsigned>{0, 1}));
}

}  // namespace
}  // namespace pim::test
