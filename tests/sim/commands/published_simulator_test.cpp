#include <gtest/gtest.h>

#include <cstdio>
#include <string>

#include "tests/sim/commands/pimtlm.h"

// The chip with 16-bit weights against a published cycle-level simulator of the same DRAM (docs/timing.md):
// vector buffer of 2 KiB, refresh off, 8 dies, and no core that takes time to post commands.

namespace pim::cli {
namespace {

const Words kAsPublished{"--set", "weights.bits=16",
                         "--set", "weights.scale_bits=0",
                         "--set", "dram.refresh=off",
                         "--set", "bank.vector_buffer_bytes=2048",
                         "--set", "controller.firmware_clock_ns=0.001"};

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
  const double expected = 120.0 / 1900;
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

TEST(Counts, MacOperationsAreThoseOfTheModel) {
  const auto json = pimtlmJson(decode({}));
  constexpr double kLayer = 4 * 4096. * 4096 + 3 * 4096. * 11008;
  const double weights = 32 * kLayer + 32000. * 4096;
  const double attention =
      32 * 2 * 4096. * 129.5 * 4;  // tokens that see 129 and 130, four products per 16-bit code
  EXPECT_EQ(json["traffic"]["mac_operations"].get<double>(), weights + attention);
}

TEST(Counts, DramOfATokenStandsBesideTheWholeRun) {
  const auto dram = pimtlmJson(decode({}))["dram"];
  const auto& token = dram["per_token"];
  for (const char* key :
       {"activates", "precharges", "column_reads", "column_writes", "row_hits", "refreshes"}) {
    EXPECT_GT(token[key].get<double>(), 0) << key;
    // Two tokens and a prompt of one.
    EXPECT_NEAR(dram[key].get<double>() / token[key].get<double>(), 3, 0.1) << key;
  }
  // A row is opened for its first column, and the others find it open.
  const double columns = token["column_reads"].get<double>() + token["column_writes"].get<double>();
  EXPECT_EQ(token["row_hits"].get<double>(), columns - token["activates"].get<double>());
  EXPECT_GT(token["row_hits"].get<double>(), 0.98 * columns);
}

void expectSums(const nlohmann::json& energy) {
  double sum = 0;
  for (const auto& part : energy["parts"]) sum += part.get<double>();
  const double total = energy["joules_per_token"];
  EXPECT_NEAR(sum, total, 1e-9 * total);
  EXPECT_NEAR(energy["tokens_per_joule"].get<double>() * total, 1, 1e-12);
}

TEST(Energy, PartsSumToTheWholeInLowNominalAndHigh) {
  const auto json = pimtlmJson(decode({}));
  for (const auto& energy : {json["energy"], json["prefill"]["energy"]}) {
    for (const char* which : {"low", "nominal", "high"}) expectSums(energy[which]);
    expectSums(energy);
    EXPECT_EQ(energy["joules_per_token"], energy["nominal"]["joules_per_token"]);
    EXPECT_EQ(energy["parts"], energy["nominal"]["parts"]);
    for (const auto& [name, joules] : energy["parts"].items()) {
      EXPECT_LE(energy["low"]["parts"][name], joules) << name;
      EXPECT_GE(energy["high"]["parts"][name], joules) << name;
    }
    EXPECT_LT(energy["low"]["joules_per_token"], energy["joules_per_token"]);
    EXPECT_GT(energy["high"]["joules_per_token"], energy["joules_per_token"]);
  }
}

TEST(Energy, StandbyCoversAllTimeAndAllBanks) {
  const auto json = pimtlmJson(decode({}));
  const double busy = json["utilisation"]["bank"];
  expectWithin(
      json["energy"]["parts"]["standby"],
      (11.4e-3 * (1 - busy) + 16.5e-3 * busy) * 128 * json["decode"]["seconds_per_token"].get<double>(),
      1e-9);
}

TEST(Energy, EachConstantScalesItsPart) {
  const auto before = pimtlmJson(decode({}))["energy"]["parts"];
  const auto after = pimtlmJson(decode({"--set", "energy.mac_operation_pj=0.42"}))["energy"]["parts"];
  expectWithin(after["mac"], 2 * before["mac"].get<double>(), 1e-9);
  EXPECT_EQ(after["bram"], before["bram"]);
}

TEST(Energy, AConstantsRangeFollowsItsNominalValue) {
  const auto constants = pimtlmJson({"describe", "--set", "energy.link_pj_per_bit=5.5"})["energy_constants"];
  EXPECT_EQ(constants.size(), 18u);
  for (const auto& constant : constants) {
    for (const char* key : {"key", "unit", "node", "covers", "source"})
      EXPECT_FALSE(constant[key].get<std::string>().empty()) << constant;
    if (constant["key"] != "energy.link_pj_per_bit") continue;
    EXPECT_EQ(constant["low"], 2.75);
    EXPECT_EQ(constant["nominal"], 5.5);
    EXPECT_EQ(constant["high"], 11.0);
  }
}

TEST(Energy, DescribePrintsConstantsWithNodeAndSource) {
  const Outcome described = pimtlm({"describe", "--energy"});
  ASSERT_EQ(described.status, 0);
  const auto constants = pimtlmJson({"describe"})["energy_constants"];
  for (const auto& constant : constants) {
    for (const char* key : {"node", "covers", "source"})
      EXPECT_NE(described.out.find(constant[key].get<std::string>()), std::string::npos) << constant;
  }
}

TEST(Energy, DocumentationNamesEveryConstantAndItsSource) {
  const std::string text = readFile(std::string(PIMTLM_DOCS) + "/energy.md");
  const auto constants = pimtlmJson({"describe"})["energy_constants"];
  for (const auto& constant : constants) {
    for (const char* key : {"covers", "source"})
      EXPECT_NE(text.find(constant[key].get<std::string>()), std::string::npos) << constant;
  }
}

TEST(Energy, SixteenBitLlamaHasThePublishedFigureInItsRange) {
  // CENT, LLaMA2-7B BF16 at context 128: 61.5 mJ a token. 128 MiB banks hold it on 8 dies.
  const auto energy = pimtlmJson(decode(
      {"--set", "weights.bits=16", "--set", "weights.scale_bits=0", "--set", "bank.bmem_mib=128"}))["energy"];
  EXPECT_LT(energy["low"]["joules_per_token"], 61.5e-3);
  EXPECT_GT(energy["high"]["joules_per_token"], 61.5e-3);
  EXPECT_EQ(energy["parts"].size(), 13u);
}

TEST(Assumptions, SayHowBanksActivateAndWhatIsNotModelled) {
  const auto off = pimtlmJson(decode({}))["assumptions"];
  ASSERT_GE(off.size(), 3u);
  EXPECT_NE(off[0].get<std::string>().find("activate at once"), std::string::npos) << off[0];
  EXPECT_NE(off[1].get<std::string>().find("Not modelled"), std::string::npos) << off[1];
  const auto staggered = pimtlmJson(decode({"--set", "dram.activation_limit=staggered"}))["assumptions"];
  EXPECT_NE(staggered[0].get<std::string>().find("take turns"), std::string::npos) << staggered[0];
  EXPECT_NE(pimtlm(decode({})).out.find("assumes: all banks of a die activate at once"), std::string::npos);
}

/// The estimates are printed with each result, so that nobody has to run it again; here it is.
TEST(Assumptions, EstimateWhatTheOtherActivationLimitsGive) {
  for (const Words& settings :
       {Words{}, Words{"--set", "dram.t_faw_ns=60"},
        Words{"--set", "chip.banks_per_die=8", "--set", "bank.bmem_mib=64"},
        Words{"--set", "dram.row_buffers=2"}, Words{"--set", "dram.page_bytes=4096"}}) {
    const std::string text = pimtlmJson(decode(settings))["assumptions"][0];
    double staggered = 0, enforced = 0;
    ASSERT_EQ(std::sscanf(text.c_str() + text.find("about"), "about %lf tokens/s staggered, %lf enforced",
                          &staggered, &enforced),
              2)
        << text;
    const auto rate = [&](const char* limit) {
      Words limited = settings;
      limited.insert(limited.end(), {"--set", std::string("dram.activation_limit=") + limit});
      return pimtlmJson(decode(limited))["decode"]["tokens_per_second"].get<double>();
    };
    expectWithin(staggered, rate("staggered"), 0.05);
    expectWithin(enforced, rate("enforced"), 0.1);
  }
}

}  // namespace
}  // namespace pim::cli
