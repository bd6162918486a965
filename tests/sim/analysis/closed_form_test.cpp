#include "sim/analysis/closed_form.h"

#include <gtest/gtest.h>

#include <string>

#include "platform/config/loader.h"
#include "sim/analysis/analysis.h"

// Figures of quantitative_analysis_numbers.csv, for LLaMA-7B at 4096 tokens on 8 dies of 16 banks.
namespace pim::sim {
namespace {

constexpr std::uint32_t kContext = 4096;
constexpr std::uint32_t kSpread = 4;
constexpr double kRounding = 5e-4;  // four digits are given

class ClosedForm : public ::testing::Test {
 protected:
  platform::Config config = platform::loadPreset("ideal");
  ModelShape shape = platform::loadModel("llama-7b");
  PeakRates rates = peakRates(config);
  DecodeCost published1 = publishedDecode(shape, rates, kContext, 1);
  DecodeCost published4 = publishedDecode(shape, rates, kContext, kSpread);
  DecodeCost corrected1 = correctedDecode(shape, rates, kContext, 1);
  DecodeCost corrected4 = correctedDecode(shape, rates, kContext, kSpread);

  static void expectNear(double value, double expected) {
    EXPECT_NEAR(value, expected, expected * kRounding);
  }

  AnalysisRow row(const std::string& id) const {
    AnalysisInput input;
    input.shape = shape;
    input.config = config;
    input.context = kContext;
    input.spread = kSpread;
    for (const AnalysisRow& row : publishedRows(input)) {
      if (row.id == id) return row;
    }
    ADD_FAILURE() << "no row " << id;
    return {};
  }
};

TEST_F(ClosedForm, PeakRatesAreThoseOfTheAnalysis) {
  EXPECT_DOUBLE_EQ(rates.allBanks(), 4096e9);
  EXPECT_DOUBLE_EQ(rates.allLinks(), 256e9);
  EXPECT_DOUBLE_EQ(rates.controller, 100e9);
  EXPECT_DOUBLE_EQ(headShare(shape, rates, 1), 0.25);
  EXPECT_DOUBLE_EQ(headShare(shape, rates, kSpread), 1.0);
}

TEST_F(ClosedForm, PublishedTimesComeOutAsPrinted) {
  expectNear(published1.bankWeights.seconds, 7.5114e-4);        // S0-14
  expectNear(published1.bankKv.seconds, 4.9019e-4);             // S0-16
  expectNear(published4.bankKv.seconds, 1.2207e-4);             // S0-17
  expectNear(published1.linkWeights(), 4.6105e-6);              // S0-20
  expectNear(published1.linkKv(), 1.9073e-6);                   // S0-23
  expectNear(published4.linkKv(), 1.7166e-5);                   // S0-25
  expectNear(published1.controllerWeights.seconds, 5.8711e-6);  // S0-26
  expectNear(published4.controllerKv.seconds, 3.0518e-6);       // S0-27
  expectNear(published1.seconds(), 1.2537e-3);                  // S0-28
  expectNear(published4.seconds(), 9.0391e-4);                  // S0-30, its row summed
}

TEST_F(ClosedForm, PublishedMessagesComeOutAsPrinted) {
  EXPECT_EQ(published1.messagesWeights, 450);
  EXPECT_EQ(published1.messagesKv, 64);
  EXPECT_EQ(published4.messagesKv, 192);
}

TEST_F(ClosedForm, SiUnitsMakeTheWeightTime8Point07e4Seconds) {
  expectNear(corrected1.bankWeights.seconds, 8.0653e-4);
  EXPECT_DOUBLE_EQ(corrected1.bankWeights.seconds, published1.bankWeights.seconds * kPublishedUnits);
}

TEST_F(ClosedForm, InputsThatEveryDieNeedsTakeEveryLink) {
  expectNear(corrected1.linkWeights() / kPublishedUnits, 1.9161e-5);  // S0-20b
  Widths wide;
  wide.input = wide.output = 16;
  expectNear(correctedDecode(shape, rates, kContext, 1, wide).linkWeights() / kPublishedUnits, 7.665e-5);
}

TEST_F(ClosedForm, TheNewTokensKeyAndValueGoOut) {
  expectNear(corrected1.linkKv() / kPublishedUnits, 3.815e-6);  // S0-23
  EXPECT_EQ(corrected1.messagesKvAppend, 32);
}

TEST_F(ClosedForm, SoftmaxRunsOverTheScoresOfAllHeads) {
  expectNear(corrected4.controllerKv.seconds / kPublishedUnits, 2.1973e-5);  // S0-27b
}

TEST_F(ClosedForm, SpreadAttentionTakes128Messages) {
  EXPECT_EQ(corrected4.messagesKv, 128);
  EXPECT_EQ(corrected1.messagesKv, 64);
  EXPECT_EQ(corrected4.messagesWeights + corrected4.messagesKv, 578);
  EXPECT_EQ(matrixMessages(shape, true, true), 258);
}

TEST_F(ClosedForm, KeysAndValuesHalveTheLongestSequence) {
  const double chip = 4096.0 * 1024 * 1024;
  EXPECT_EQ(static_cast<int>(publishedContext(shape, chip)), 15128);
  EXPECT_EQ(static_cast<int>(correctedContext(shape, chip)), 7564);
  Widths wide;
  wide.kv = 8;
  EXPECT_EQ(static_cast<int>(correctedContext(shape, chip, wide)), 3782);
  wide.kv = 16;
  EXPECT_EQ(static_cast<int>(correctedContext(shape, chip, wide)), 1891);
}

TEST_F(ClosedForm, SpreadingAHeadIsFasterNotSlower) {
  expectNear(*row("S0-30").published, 1.2720e-3);  // printed as 1.27e-3
  EXPECT_GT(*row("S0-30").published, *row("S0-28").published);
  EXPECT_LT(*row("S0-30").corrected, 0.8 * *row("S0-28").corrected);
}

TEST_F(ClosedForm, RowsCarryTheErrataUnderTheirNumbers) {
  const auto expectRow = [&](const char* id, double published, double corrected) {
    const AnalysisRow found = row(id);
    expectNear(*found.published, published);
    expectNear(*found.corrected, corrected);
  };
  expectRow("S0-06", 15128, 7564);
  expectRow("S0-08", 2, 4);
  expectRow("S0-18", 450, 450);
  expectRow("S0-19", 2534656, 2534656);
  expectRow("S0-24", 192, 128);
  expectRow("S0-29", 514, 514);
  expectRow("S0-31", 642, 578);
  expectRow("S0-40", 131072e9, 262144e9);
  expectRow("S0-41", 77.49, 77.49);
  expectRow("S0-42", 1239.9, 1239.9);
  expectRow("S0-43", 155, 77.49);
}

TEST_F(ClosedForm, MessagesAt100MicrosecondsLeaveFewTokens) {
  PeakRates slow = rates;
  slow.lambda = 1e-4;
  expectNear(1 / (514 * slow.lambda + published1.seconds()), 18.99);  // S0-33
}

TEST_F(ClosedForm, PrefillIsBoundedByTheArithmetic) {
  PeakRates published = rates;
  published.macs = 512e9 * 16;                        // 512 x 2 x 16 Gop/s
  expectNear(prefillRate(shape, published), 1239.9);  // S0-42
}

}  // namespace
}  // namespace pim::sim
