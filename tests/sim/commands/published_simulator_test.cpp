#include <gtest/gtest.h>

#include "tests/sim/commands/pimtlm.h"

// The chip with 16-bit weights against a published cycle-level simulator of the same DRAM (docs/timing.md):
// vector buffer of 2 KiB, refresh off, 8 dies.

namespace pim::cli {
namespace {

const Words kAsPublished{"--set", "weights.bits=16",  "--set", "weights.scale_bits=0",
                         "--set", "dram.refresh=off", "--set", "bank.vector_buffer_bytes=2048"};

nlohmann::json gemv(int rows, int columns, const Words& settings) {
  Words words{"gemv", "--rows", std::to_string(rows), "--cols", std::to_string(columns)};
  words.insert(words.end(), settings.begin(), settings.end());
  return pimtlmJson(words)["gemv"];
}

void expectWithin(double value, double expected, double share) {
  EXPECT_NEAR(value, expected, share * expected);
}

TEST(PublishedSimulator, BankTimeOfAMatrixVectorProduct) {
  expectWithin(gemv(4096, 4096, kAsPublished)["bank_seconds"], 14.44e-6, 0.02);
}

TEST(PublishedSimulator, MatrixVectorProductWithTransfers) {
  expectWithin(gemv(4096, 4096, kAsPublished)["seconds"], 15.15e-6, 0.05);
}

TEST(PublishedSimulator, SevenMatricesOfALayer) {
  const double square = gemv(4096, 4096, kAsPublished)["seconds"];
  const double wide = gemv(11008, 4096, kAsPublished)["seconds"];
  const double deep = gemv(4096, 11008, kAsPublished)["seconds"];
  expectWithin(4 * square + 2 * wide + deep, 182.3e-6, 0.05);
}

TEST(PublishedSimulator, OtherShapesFollowTheRowCycle) {
  // 113 ns a row of 1024 weights, rows of the matrix spread over 128 banks.
  for (const auto& [rows, columns] : {std::pair{1024, 4096}, {8192, 2048}, {4096, 5120}, {32000, 4096}}) {
    const double dramRows = static_cast<double>(rows) / 128 * columns / 1024;
    expectWithin(gemv(rows, columns, kAsPublished)["bank_seconds"], dramRows * 113e-9, 0.02);
  }
}

TEST(Refresh, CostsWhatArithmeticSays) {
  const double without = gemv(32000, 4096, {"--set", "dram.refresh=off"})["bank_seconds"];
  const double with = gemv(32000, 4096, {})["bank_seconds"];
  const double expected = 105.0 / 1666.5;
  expectWithin((with - without) / without, expected, 0.1);
}

TEST(Refresh, PostponingSavesReopenedRows) {
  const double none = gemv(32000, 4096, {"--set", "dram.refresh_postpone_max=0"})["bank_seconds"];
  const double some = gemv(32000, 4096, {"--set", "dram.refresh_postpone_max=8"})["bank_seconds"];
  EXPECT_LT(some, none * 0.98);
}

TEST(RowBuffers, ASecondOneHidesActivation) {
  const double one = gemv(4096, 4096, {"--set", "dram.refresh=off"})["bank_seconds"];
  const double two =
      gemv(4096, 4096, {"--set", "dram.refresh=off", "--set", "dram.row_buffers=2"})["bank_seconds"];
  expectWithin(one / two, 113.0 / 64, 0.05);
}

Words decode(const Words& settings) {
  Words words{"run", "--model", "llama-7b", "--prompt", "1", "--context", "127", "--generate", "3"};
  words.insert(words.end(), settings.begin(), settings.end());
  return words;
}

TEST(Energy, PartsSumToTheWhole) {
  const auto energy = pimtlmJson(decode({}))["energy"];
  double sum = 0;
  for (const auto& part : energy["parts"]) sum += part.get<double>();
  const double total = energy["joules_per_token"];
  EXPECT_NEAR(sum, total, 1e-9 * total);
  EXPECT_NEAR(energy["tokens_per_joule"].get<double>() * total, 1, 1e-12);
  EXPECT_EQ(energy["sources"].size(), 12u);
}

TEST(Energy, StandbyCoversAllTimeAndAllBanks) {
  const auto json = pimtlmJson(decode({}));
  expectWithin(json["energy"]["parts"]["standby"],
               16.5e-3 * 128 * json["decode"]["seconds_per_token"].get<double>(), 1e-9);
}

TEST(Energy, EachConstantScalesItsPart) {
  const auto before = pimtlmJson(decode({}))["energy"]["parts"];
  const auto after = pimtlmJson(decode({"--set", "energy.mac_operation_pj=0.46"}))["energy"]["parts"];
  expectWithin(after["mac"], 2 * before["mac"].get<double>(), 1e-9);
  EXPECT_EQ(after["bram"], before["bram"]);
}

TEST(Energy, SixteenBitLlamaLiesNearThePublishedFigure) {
  // CENT, LLaMA2-7B BF16 at context 128: 61.5 mJ a token. 128 MiB banks hold it on 8 dies.
  const auto json = pimtlmJson(
      decode({"--set", "weights.bits=16", "--set", "weights.scale_bits=0", "--set", "bank.bmem_mib=128"}));
  expectWithin(json["energy"]["joules_per_token"], 61.5e-3, 0.3);
}

}  // namespace
}  // namespace pim::cli
