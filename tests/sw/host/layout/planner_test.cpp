#include "sw/host/layout/planner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "abi/pim_layout.h"
#include "core/base/error.h"
#include "tests/sw/host/shapes.h"

namespace pim::host {
namespace {

std::string refusal(const ModelShape& shape, const ChipShape& chip, const MappingOptions& options,
                    std::uint32_t context = 0) {
  try {
    planModel(shape, chip, options, context);
  } catch (const UserError& error) {
    return error.what();
  }
  return {};
}

TEST(Planner, IdealContextIsTheClosedForm) {
  MappingOptions options;
  options.kvBits = 4;
  const Capacity capacity = planModel(llama7b(), {}, options, 512).capacity;
  EXPECT_EQ(capacity.idealContext, 7564u);
  EXPECT_LT(capacity.maxContext, 7564u);
  EXPECT_GT(capacity.maxContext, 5000u);  // 16-bit scales a group of 128 alone cost 3.1 % of the codes
}

TEST(Planner, TheLongestContextFitsAndOneBlockMoreDoesNot) {
  MappingOptions options;
  options.kvBits = 4;
  ChipShape chip;
  chip.bramBytes = 256u << 10;
  const std::uint32_t most = planModel(llama7b(), chip, options, 512).capacity.maxContext;
  EXPECT_EQ(planModel(llama7b(), chip, options, most).plan.context_limit, most);
  const std::string message = refusal(llama7b(), chip, options, most + 1);
  EXPECT_NE(message.find("short of"), std::string::npos) << message;
  EXPECT_NE(message.find("a context of at most " + std::to_string(most)), std::string::npos) << message;
  EXPECT_NE(message.find("chip.dies=16"), std::string::npos) << message;
}

TEST(Planner, RefusalNamesTheNarrowerCacheThatWouldFit) {
  MappingOptions options;
  const std::uint32_t most = planModel(llama7b(), {}, options, 256).capacity.maxContext;
  const std::string message = refusal(llama7b(), {}, options, most + 1000);
  EXPECT_NE(message.find("kv.bits=8"), std::string::npos) << message;
}

TEST(Planner, PartsSumToTheWhole) {
  for (const bool banks : {false, true}) {
    MappingOptions options;
    options.embedding = banks ? EmbeddingPlacement::kBanks : EmbeddingPlacement::kController;
    const BankCapacity c = planModel(llama7b(), {}, options, 512).capacity.banks;
    EXPECT_EQ(c.weightCodes, 6607077376u / 2);
    EXPECT_EQ(c.weightScales, 6607077376u / 128 * 2);
    EXPECT_EQ(c.embedding, banks ? std::uint64_t{32000} * (2048 + 64) : 0u);
    EXPECT_EQ(c.kvCache, std::uint64_t{2} * 32 * 32 * (512 / 32) * (32 + 32 * 256));
    EXPECT_EQ(c.total, std::uint64_t{4} << 30);
    EXPECT_EQ(c.weightCodes + c.weightScales + c.weightZeros + c.embedding + c.kvCache + c.padding + c.free,
              c.total);
    EXPECT_LT(c.padding, c.total / 5);
  }
}

TEST(Planner, AwqFormOfSevenBillionTakesThreePointSevenGigabytes) {
  MappingOptions options;
  options.weights = WeightFormat{128, 4, 16, 4};
  options.weights.widenEmbedding();
  options.tokenTile = 1;  // leaves the Controller's memory to the embedding
  for (const auto place : {EmbeddingPlacement::kController, EmbeddingPlacement::kBanks}) {
    options.embedding = place;
    const Capacity c = planModel(llama7b(), {}, options, 512).capacity;
    EXPECT_EQ(c.banks.weightScales, 6607077376u / 128 * 2);
    EXPECT_EQ(c.banks.weightZeros, 6607077376u / 128 / 2);
    EXPECT_EQ(c.controllerEmbedding + c.banks.embedding, std::uint64_t{32000} * 4096 * 2);
    EXPECT_EQ(c.model, 6607077376u / 2 + 6607077376u / 128 * 5 / 2 + std::uint64_t{32000} * 4096 * 2);
    EXPECT_NEAR(static_cast<double>(c.model), 3.70e9, 0.01 * 3.70e9);
  }
}

TEST(Planner, ATableOfAnotherFormatIsNoHead) {
  MappingOptions options;
  options.embedding = EmbeddingPlacement::kBanks;
  options.tokenTile = 1;  // rows of the head in one piece
  ModelShape tied = llama7b();
  tied.tiedEmbeddings = true;
  EXPECT_EQ(planModel(tied, {}, options, 512).capacity.banks.embedding, 0u);
  options.weights.widenEmbedding();
  EXPECT_EQ(planModel(tied, {}, options, 512).capacity.banks.embedding, std::uint64_t{32000} * 4096 * 2);
}

TEST(Planner, ThirteenBillionNeedSixteenDies) {
  const ChipShape chip;
  const std::string message = refusal(llama13b(), chip, {}, 256);
  EXPECT_NE(message.find("chip.dies=16"), std::string::npos) << message;
  ChipShape larger;
  larger.dies = 16;
  EXPECT_EQ(planModel(llama13b(), larger, {}, 256).plan.context_limit, 256u);
}

TEST(Planner, WithoutARequestTheContextIsWhatFitsAndTheModelWasMadeFor) {
  MappingOptions options;
  options.kvBits = 4;
  EXPECT_EQ(planModel(llama7b(), {}, options).plan.context_limit, llama7b().context);
  options.kvBits = 16;
  options.tokenTile = 1;
  const Layout layout = planModel(llama7b(), {}, options);
  EXPECT_EQ(layout.plan.context_limit, layout.capacity.maxContext);
}

TEST(Planner, ScoresBeyondBramAreRefusedWithTheMappingThatFits) {
  MappingOptions options;
  options.kvBits = 4;
  ChipShape chip;
  chip.bmemBytes = 256u << 20;
  const std::string message = refusal(llama7b(), chip, options, 20000);
  EXPECT_NE(message.find("mapping.banks_per_head=2"), std::string::npos) << message;
  options.banksPerHead = 2;
  EXPECT_EQ(refusal(llama7b(), chip, options, 20000), "");
}

TEST(Planner, TokenTileIsAnUpperBound) {
  MappingOptions options;
  options.tokenTile = 4;
  EXPECT_EQ(planModel(llama7b(), {}, options, 256).plan.token_tile, 4u);
  ChipShape small;
  small.bramBytes = 4096;
  options.tokenTile = 64;
  const pim_plan plan = planModel(llama7b(), small, options, 256).plan;
  EXPECT_GT(plan.token_tile, 0u);
  EXPECT_LT(plan.token_tile, 64u);
}

TEST(Planner, BuffersLieApartInBram) {
  for (const std::uint32_t tile : {1u, 8u, 16u}) {
    MappingOptions options;
    options.tokenTile = tile;
    const pim_plan plan = planModel(llama7b(), {}, options, 256).plan;
    const auto end = [](pim_range range) { return range.offset + range.bytes; };
    EXPECT_LE(end(plan.bram_vector[0]), plan.bram_vector[1].offset);
    EXPECT_LE(end(plan.bram_vector[1]), plan.bram_result[0].offset);
    EXPECT_LE(end(plan.bram_result[1]), 64u << 10);
    EXPECT_LE(end(plan.bram_query), plan.bram_score.offset);
    EXPECT_LE(end(plan.bram_score), plan.bram_value.offset);
    EXPECT_LE(end(plan.bram_value), 64u << 10);
  }
}

TEST(Planner, BramTooSmallForAnyTile) {
  ChipShape chip;
  chip.bramBytes = 512;
  const std::string message = refusal(llama7b(), chip, {}, 16);
  EXPECT_NE(message.find("bank.bram_kib"), std::string::npos) << message;
}

TEST(Planner, TransfersFitDieRam) {
  ChipShape chip;
  chip.bramBytes = 256u << 10;
  for (const std::uint32_t kib : {8u, 16u, 64u, 256u}) {
    chip.dieRamBytes = kib << 10;
    for (const std::uint32_t banksPerHead : {1u, 4u}) {
      MappingOptions options;
      options.banksPerHead = banksPerHead;
      const pim_plan plan = planModel(tinyllama(), chip, options, 512).plan;
      EXPECT_LE(plan.bram_vector[0].bytes, chip.dieRamBytes) << kib;
      EXPECT_LE(plan.bram_input_bytes, chip.dieRamBytes) << kib;
      EXPECT_LE(plan.bram_result[0].bytes, chip.dieRamBytes) << kib;
      EXPECT_LE(plan.bram_query.bytes, chip.dieRamBytes) << kib;
      EXPECT_LE(plan.bram_value.bytes, chip.dieRamBytes) << kib;
      if (banksPerHead > 1) {
        EXPECT_LE(plan.bram_score.bytes, chip.dieRamBytes) << kib;
      }
    }
  }
}

TEST(Planner, ADieRamTooSmallForAnyTransferIsNamedWithTheOneThatWouldDo) {
  ChipShape chip;
  chip.dieRamBytes = 256;
  const std::string message = refusal(llama7b(), chip, {}, 64);
  EXPECT_NE(message.find("die.ram_kib=0: too small for a transfer"), std::string::npos) << message;
  const std::size_t at = message.rfind("die.ram_kib=") + 12;
  chip.dieRamBytes = static_cast<std::uint32_t>(std::stoul(message.substr(at))) << 10;
  EXPECT_EQ(refusal(llama7b(), chip, {}, 64), "");
}

TEST(Planner, WhatARefusalAdvisesIsWithinTheLimits) {
  ModelShape huge = llama2x70b();
  huge.layers = 800;
  const std::string message = refusal(huge, {}, {}, 64);
  EXPECT_NE(message.find("short of"), std::string::npos) << message;
  EXPECT_EQ(message.find("chip.dies=128"), std::string::npos) << message;
}

TEST(Planner, AHeadDoesNotSpanDies) {
  MappingOptions options;
  options.banksPerHead = 17;
  const std::string message = refusal(llama7b(), {}, options, 16);
  EXPECT_NE(message.find("mapping.banks_per_head=17"), std::string::npos) << message;
}

TEST(Planner, RowsMustHoldWholeGroups) {
  ModelShape shape = llama7b();
  shape.mlp = 11000;
  const std::string message = refusal(shape, {}, {}, 16);
  EXPECT_NE(message.find("weights.group=128"), std::string::npos) << message;
}

TEST(Planner, AVectorBufferOfTwoKibCutsTilesOfOneThousand) {
  ChipShape chip;
  chip.vectorBufferBytes = 2048;
  MappingOptions options;
  options.tokenTile = 1;
  options.weights = WeightFormat{128, 16, 0, 0};
  const Layout layout = planMatrix(4096, 4096, 1, chip, options);
  EXPECT_EQ(layout.plan.head.k_tile, 1024u);
  EXPECT_EQ(layout.plan.head.rows, 32u);
  EXPECT_LT(layout.plan.bram_input_bytes, 4u * 1024 * 2);
}

TEST(Planner, EmbeddingGoesToTheBanksWhenTheControllerIsTooSmall) {
  ChipShape chip;
  EXPECT_NE(planModel(llama7b(), chip, {}, 256).plan.embedding, 0u);
  chip.cmemBytes = 32u << 20;
  const pim_plan plan = planModel(llama7b(), chip, {}, 256).plan;
  EXPECT_EQ(plan.embedding, 0u);
  EXPECT_EQ(plan.embedding_rows, 250u);
  MappingOptions forced;
  forced.embedding = EmbeddingPlacement::kController;
  const std::string message = refusal(llama7b(), chip, forced, 256);
  EXPECT_NE(message.find("mapping.embedding=banks"), std::string::npos) << message;
}

TEST(Planner, ATiedHeadIsTheTable) {
  ModelShape shape = llama7b();
  shape.tiedEmbeddings = true;
  MappingOptions options;
  options.embedding = EmbeddingPlacement::kBanks;
  options.tokenTile = 1;
  const Layout tied = planModel(shape, {}, options, 256);
  EXPECT_EQ(tied.plan.embedding_bmem, tied.plan.head.bmem);
  EXPECT_EQ(tied.capacity.banks.embedding, 0u);
  options.columnParts = 8;
  EXPECT_GT(planModel(shape, {}, options, 256).capacity.banks.embedding, 0u);
}

TEST(Planner, ColumnPartsEndInZeroWeights) {
  MappingOptions options;
  options.columnParts = 8;
  const pim_matrix down = planModel(llama7b(), {}, options, 256).layers[0].down;
  EXPECT_EQ(down.k, 11u * 128);  // 86 groups in 8 parts
  EXPECT_EQ(down.rows, 4096u / 16);
  EXPECT_EQ(down.slots, 128u);
}

TEST(Planner, GroupedQueryModelsFit) {
  // Eight query heads share a KV head, and the scores of all of them lie in its bank.
  EXPECT_EQ(planModel(tinyllama(), {}, {}).plan.context_limit,
            planModel(tinyllama(), {}, {}).capacity.scoreContext);
  const Layout eight = planModel(llama3x8b(), {}, {}, 512);
  EXPECT_EQ(eight.plan.embedding, 0u);  // 128256 rows are more than the Controller's memory
  MappingOptions options;
  options.banksPerHead = 4;
  ChipShape chip;
  chip.dies = 128;
  EXPECT_EQ(planModel(llama2x70b(), chip, options, 4096).plan.context_limit, 4096u);
}

// 32 heads on 128 banks: four layers share a round of banks, and the cache fills all of them.
TEST(Planner, LayersTakeTurnsWithTheBanks) {
  MappingOptions options;
  const pim_plan one = planModel(llama7b(), {}, options, 256).plan;
  EXPECT_EQ(one.kv_sets, 4u);
  EXPECT_EQ(one.kv_set_banks, 4u);
  options.banksPerHead = 4;
  const pim_plan four = planModel(llama7b(), {}, options, 256).plan;
  EXPECT_EQ(four.kv_sets, 1u);
  EXPECT_EQ(four.kv_set_banks, 16u);
  options.banksPerHead = 1;
  const BankCapacity banks = planModel(llama7b(), {}, options, 1024).capacity.banks;
  EXPECT_LT(banks.padding, banks.total / 20);
}

TEST(Planner, BuffersLieApartInControllerMemory) {
  for (const std::uint32_t banksPerHead : {1u, 4u}) {
    for (const std::uint32_t columnParts : {1u, 8u}) {
      MappingOptions options;
      options.banksPerHead = banksPerHead;
      options.columnParts = columnParts;
      options.tokenTile = 4;
      const pim_plan plan = planModel(llama7b(), {}, options, 256).plan;
      std::vector<std::uint32_t> starts{plan.ring,        plan.token,      plan.logits,
                                        plan.layer_table, plan.final_gain, plan.rope_frequencies,
                                        plan.embedding};
      for (const pim_buffers& b : {plan.buffers[0], plan.buffers[1], plan.decode_buffers}) {
        starts.insert(starts.end(), {b.residual, b.activation, b.qkv, b.query, b.kv_records, b.attention,
                                     b.gate_up, b.result});
        if (banksPerHead > 1) starts.insert(starts.end(), {b.scores, b.probabilities});
        if (banksPerHead > 1 || columnParts > 1) starts.push_back(b.partial);
      }
      std::sort(starts.begin(), starts.end());
      EXPECT_EQ(std::adjacent_find(starts.begin(), starts.end()), starts.end());
      EXPECT_EQ(plan.buffers[1].residual % PIM_COLUMN_BYTES, 0u);
    }
  }
}

const Placement& placementOf(const Layout& layout, const std::string& name) {
  const auto found = std::find_if(layout.controllerMemory.begin(), layout.controllerMemory.end(),
                                  [&](const Placement& placement) { return placement.name == name; });
  if (found == layout.controllerMemory.end()) throw std::out_of_range(name);
  return *found;
}

TEST(Planner, GivesCramToWhatADecodeTokenWorksOn) {
  MappingOptions options;
  options.queueDepth = 64;
  const Layout layout = planModel(llama7b(), {}, options, 256);
  for (const char* const name :
       {"ring", "decode.residual", "decode.qkv", "decode.gate_up", "rope_frequencies"})
    EXPECT_EQ(placementOf(layout, name).memory, ControllerMemoryKind::kCram) << name;
  for (const char* const name : {"tile0.gate_up", "logits", "attention_gain", "embedding"})
    EXPECT_EQ(placementOf(layout, name).memory, ControllerMemoryKind::kCmem) << name;
}

TEST(Planner, SpillsWhatCramHasNoRoomFor) {
  ChipShape chip;
  for (const std::uint32_t kib : {1u, 16u, 64u, 128u, 512u}) {
    chip.cramBytes = kib << 10;
    const Layout layout = planModel(llama7b(), chip, {}, 256);
    std::uint64_t cram = 0, cmem = 0;
    for (const Placement& placement : layout.controllerMemory) {
      const bool inCram = placement.memory == ControllerMemoryKind::kCram;
      const std::uint64_t base = inCram ? chip.cramBase : chip.cmemBase;
      const std::uint64_t size = inCram ? chip.cramBytes : chip.cmemBytes;
      EXPECT_GE(placement.address, base) << placement.name;
      EXPECT_LE(placement.address + placement.bytes, base + size) << placement.name;
      (inCram ? cram : cmem) += placement.bytes;
    }
    EXPECT_GT(2 * cram, chip.cramBytes) << kib << " KiB are used";
    EXPECT_LE(cram + cmem, layout.capacity.controllerUsed);
  }
}

TEST(Planner, LeavesNoActivationInCramIfTheyMayNotLieThere) {
  MappingOptions options;
  options.queueDepth = 64;
  ChipShape chip;
  chip.externalBytes = 64u << 20;
  for (const auto memory : {ControllerMemoryKind::kCmem, ControllerMemoryKind::kExternal}) {
    options.activations = memory;
    const Layout layout = planModel(llama7b(), chip, options, 256);
    for (const char* const name : {"decode.residual", "decode.activation", "decode.qkv", "decode.attention",
                                   "decode.result", "decode.gate_up", "tile0.residual", "logits"})
      EXPECT_EQ(placementOf(layout, name).memory, memory) << name;
    for (const char* const name : {"ring", "rope_frequencies", "attention_gain"})
      EXPECT_EQ(placementOf(layout, name).memory, ControllerMemoryKind::kCram) << name;
    EXPECT_EQ(placementOf(layout, "embedding").memory, ControllerMemoryKind::kCmem);
  }
}

TEST(Planner, NamesTheSizeOfExternalMemoryThatWouldDo) {
  MappingOptions options;
  options.activations = ControllerMemoryKind::kExternal;
  ChipShape chip;
  chip.externalBytes = 1u << 20;
  options.tokenTile = 32;
  std::string line;
  try {
    planModel(llama7b(), chip, options, 1024);
  } catch (const UserError& error) {
    line = error.what();
  }
  const std::string key = "controller.external_mib=";
  const auto at = line.find(key);
  ASSERT_NE(at, std::string::npos) << line;
  chip.externalBytes = std::stoull(line.substr(at + key.size())) << 20;
  EXPECT_NO_THROW(planModel(llama7b(), chip, options, 1024));
}

TEST(Planner, ATokenTileGivesWayToTheContext) {
  MappingOptions options;
  options.tokenTile = 16;
  const Layout room = planModel(llama7b(), {}, options, 32);
  EXPECT_GT(room.plan.token_tile, 8u);
  const Layout full = planModel(llama7b(), {}, options, room.capacity.maxContext);
  EXPECT_LT(full.plan.token_tile, room.plan.token_tile);
  EXPECT_EQ(full.capacity.maxContext, room.capacity.maxContext);
}

TEST(Planner, ATokenTileThatSpoilsTheWeightsIsNotTaken) {
  MappingOptions options;
  options.tokenTile = 1;
  const auto scales = [&] {
    const BankCapacity c = planModel(llama7b(), {}, options, 32).capacity.banks;
    return c.total - c.free - c.kvCache;
  };
  const std::uint64_t one = scales();
  options.tokenTile = 64;
  EXPECT_LE(scales(), one * 11 / 10);
  EXPECT_GE(planModel(llama7b(), {}, options, 32).plan.token_tile, 8u);
}

}  // namespace
}  // namespace pim::host
