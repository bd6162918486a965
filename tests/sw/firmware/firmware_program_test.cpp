// A decode step as a program: what it is, what the firmware sets for each token, and that tokens stay the
// same. firmware_logits_test.cpp runs every mapping both ways.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "core/arith/sample.h"
#include "sw/host/layout/program_size.h"
#include "sw/host/quantise/random_model.h"
#include "tests/sw/firmware/counting_machine.h"
#include "tests/sw/firmware/rig.h"
#include "tests/sw/host/shapes.h"

namespace pim::test {
namespace {

host::MappingOptions cached(host::MappingOptions options = {}) {
  options.cachedProgram = true;
  return options;
}

host::MappingOptions tinyOptions() {
  host::MappingOptions options;
  options.weights = WeightFormat{32, 4, 16, 0};
  options.tokenTile = 4;
  return options;
}

/// The commands of decode steps from `position` on.
std::vector<std::vector<pim_command>> decodeSteps(const host::Layout& layout, std::uint32_t position,
                                                  std::uint32_t steps) {
  CountingMachine machine(layout);
  pim_job job{};
  job.prompt = layout.promptAddress;
  job.prompt_tokens = 1;
  job.position = position - 1;
  job.generate = steps + 1;
  job.ignore_eos = 1;
  EXPECT_EQ(machine.run(job), PIM_OK);
  return {machine.phases.begin() + 1, machine.phases.end() - 1};
}

/// Without what differs between the ring and a program by design: how waits are counted, and who interrupts.
pim_command comparable(pim_command command) {
  command.flags = static_cast<std::uint8_t>(command.flags & ~PIM_FLAG_IRQ);
  std::memset(command.wait_for, 0, sizeof command.wait_for);
  command.waits = 0;
  return command;
}

/// As many bytes as the descriptor of its opcode has; the ring keeps what older commands left behind them.
std::size_t bytesOf(const pim_command& command) {
  const std::size_t head = sizeof command - sizeof command.body;
  if (command.opcode >= PIM_OP_EMBED) return head + sizeof(pim_alu);
  switch (command.opcode) {
    case PIM_OP_MAC:
      return head + sizeof(pim_mac);
    case PIM_OP_STORE:
      return head + sizeof(pim_store);
    case PIM_OP_SCORE:
    case PIM_OP_SOFTMAX:
    case PIM_OP_PV:
      return head + offsetof(pim_attention, mask_blocks);
    default:
      return head + sizeof(pim_copy);
  }
}

TEST(Program, HasTheCommandsThatThePlannerReservesFor) {
  struct Case {
    std::uint32_t columnParts, banksPerHead;
    bool fused;
    EmbeddingPlacement embedding;
    bool fusedNorm = false;
  };
  for (const Case& c : {Case{1, 1, true, EmbeddingPlacement::kBanks},
                        {1, 4, false, EmbeddingPlacement::kController},
                        {4, 2, true, EmbeddingPlacement::kBanks},
                        {4, 2, true, EmbeddingPlacement::kBanks, true}}) {
    host::MappingOptions options = cached();
    options.columnParts = c.columnParts;
    options.banksPerHead = c.banksPerHead;
    options.fuseQkv = options.fuseGateUp = c.fused;
    options.embedding = c.embedding;
    options.fuseResidualNorm = c.fusedNorm;
    const host::Layout layout = host::planModel(llama7b(), {}, options, 512);
    const host::ProgramSize size =
        host::programSize(layout.plan, layout.layers, options, c.embedding == EmbeddingPlacement::kBanks);
    const auto steps = decodeSteps(layout, 100, 3);
    for (const auto& step : steps) EXPECT_EQ(step.size(), size.commands) << c.columnParts << c.banksPerHead;
  }
}

// 165 KB of descriptors, of which six of each layer depend on the context.
TEST(Program, IsThatOfTheRingWithItsWordsSetForEachContext) {
  host::MappingOptions options;
  options.fuseQkv = options.fuseGateUp = true;
  for (const std::uint32_t banksPerHead : {1u, 4u}) {
    options.banksPerHead = banksPerHead;
    const host::Layout posted = host::planModel(llama7b(), {}, options, 512);
    const host::Layout program = host::planModel(llama7b(), {}, cached(options), 512);
    const auto expected = decodeSteps(posted, 100, 4), steps = decodeSteps(program, 100, 4);
    ASSERT_EQ(steps.size(), expected.size());
    std::size_t changing = 0;
    for (std::size_t s = 0; s < steps.size(); ++s) {
      ASSERT_EQ(steps[s].size(), expected[s].size());
      for (std::size_t i = 0; i < steps[s].size(); ++i) {
        // Addresses behind the program are others.
        const pim_command got = comparable(steps[s][i]), want = comparable(expected[s][i]);
        ASSERT_EQ(got.opcode, want.opcode);
        if (want.opcode == PIM_OP_FETCH || want.opcode == PIM_OP_EMBED) continue;
        // Posted steps take turns with the buffers in BRAM; a program has those of its first one.
        if (s % 2 == 0) {
          EXPECT_EQ(std::memcmp(&got, &want, bytesOf(want)), 0)
              << "step " << s << ", command " << i << ", opcode " << unsigned{want.opcode};
        }
        if (s + 1 == steps.size())
          changing += std::memcmp(&steps[s][i], &steps[s - 1][i], bytesOf(want)) != 0 ? 1 : 0;
      }
    }
    // Of a layer ROPE_K, ROPE_Q, STORE, SCORE, SOFTMAX, PV; with more banks than one also when the pitch
    // grows.
    if (banksPerHead == 1) {
      EXPECT_EQ(changing, 192u);
    }
  }
}

// Row after row of blocks of a mask, so that the program is recorded anew; and pitches that grow.
TEST(Program, GivesTheTokensOfPostedCommandsPastTheRowsOfAMask) {
  const host::QuantizedModel model = host::makeRandomModel(
      [] {
        ModelShape shape = tinyShape();
        shape.context = 256;
        return shape;
      }(),
      WeightFormat{32, 4, 16, 0}, 7);
  ChipShape chip = tinyChip(2);
  chip.cmemBytes = 4u << 20;
  for (const std::uint32_t banksPerHead : {1u, 2u}) {
    for (const bool masked : {false, true}) {
      if (masked && banksPerHead > 1) continue;  // refused
      host::MappingOptions options = tinyOptions();
      options.banksPerHead = banksPerHead;
      if (masked) options.mask = host::BlockMask::window(1, 70);
      pim_job job{};
      job.generate = 90;
      job.ignore_eos = 1;
      std::vector<std::uint32_t> prompt(50);
      for (std::uint32_t i = 0; i < prompt.size(); ++i) prompt[i] = 3 * i % 99;
      const Generated posted = Rig(model, chip, options, 200, Adversary::kRandom, 3).run(prompt, job);
      ASSERT_EQ(posted.tokens.size(), 90u);
      EXPECT_EQ(Rig(model, chip, cached(options), 200, Adversary::kRandom, 4).run(prompt, job).logits,
                posted.logits)
          << banksPerHead << (masked ? " masked" : "");
    }
  }
}

TEST(Program, DrawsTheSameTokens) {
  const SampleRule rule = sampleRule(0.9, 0.95);
  pim_job job{};
  job.generate = 20;
  job.multiplier = rule.multiplier;
  job.multiplier_shift = rule.shift;
  job.top_p = rule.topP;
  job.seed[0] = 5;
  const host::QuantizedModel model = host::makeRandomModel(tinyShape(), tinyOptions().weights, 7);
  for (const EmbeddingPlacement embedding : {EmbeddingPlacement::kController, EmbeddingPlacement::kBanks}) {
    host::MappingOptions options = tinyOptions();
    options.embedding = embedding;
    const auto posted = Rig(model, tinyChip(2), options, 64).run({1, 2, 3}, job);
    EXPECT_EQ(Rig(model, tinyChip(2), cached(options), 64).run({1, 2, 3}, job).tokens, posted.tokens);
  }
}

}  // namespace
}  // namespace pim::test
