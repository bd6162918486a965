#include <gtest/gtest.h>

#include "tests/sim/analysis/decode_run.h"

// Exchanges between Controller and banks for a decode token of LLaMA-7B: 32 layers and the head.
namespace pim::sim {
namespace {

constexpr std::uint32_t kContext = 300;

TEST(Messages, NothingFusedOneInAndOneOutForEachOfSevenMatricesALayer) {
  const DecodeRun run =
      runDecode(ChipSetup("aim8", {"mapping.fuse_qkv=off", "mapping.fuse_gate_up=off"}), kContext);
  ASSERT_TRUE(run.done);
  EXPECT_EQ(run.step.messagesWeights, 2 * (1 + 32 * 7));  // 450
}

TEST(Messages, FusedFourMatricesALayer) {
  const DecodeRun run = runDecode(ChipSetup("aim8", {}), kContext);
  ASSERT_TRUE(run.done);
  EXPECT_EQ(run.step.messagesWeights, 2 * (1 + 32 * 4));  // 258
}

TEST(Messages, ABankForAHeadQueriesInResultsOutAndAnAppend) {
  const DecodeRun run = runDecode(ChipSetup("aim8", {}), kContext);
  ASSERT_TRUE(run.done);
  EXPECT_EQ(run.step.messagesKv, 64 + 32);
}

TEST(Messages, SpreadHeadsExchangeScoresAndProbabilitiesToo) {
  const DecodeRun run = runDecode(ChipSetup("aim8", {"mapping.banks_per_head=4"}), kContext);
  ASSERT_TRUE(run.done);
  EXPECT_EQ(run.step.messagesKv, 128 + 32);
}

TEST(Messages, AnEmbeddingInTheBanksIsOneMore) {
  const DecodeRun run = runDecode(ChipSetup("aim8", {"mapping.embedding=banks"}), kContext);
  ASSERT_TRUE(run.done);
  EXPECT_EQ(run.step.messagesWeights, 258 + 1);
}

}  // namespace
}  // namespace pim::sim
