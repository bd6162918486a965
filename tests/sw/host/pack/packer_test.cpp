// Which models a layout accepts. That the bytes lie where the firmware looks for them: tests/sw/firmware.
#include "sw/host/pack/packer.h"

#include <gtest/gtest.h>

#include <string>

#include "core/base/error.h"
#include "sw/host/layout/planner.h"
#include "sw/host/quantise/random_model.h"

namespace pim::host {
namespace {

const WeightFormat kFormat{32, 4, 16, 0};

ModelShape shape() {
  return {"tiny", 2, 64, 8, 4, 8, 160, 99, 64, 10000.0, 1e-5, false};
}

Layout layoutFor(const WeightFormat& format) {
  MappingOptions options;
  options.weights = format;
  return planModel(shape(), {}, options, 32);
}

std::string refusal(Layout layout, const QuantizedModel& model) {
  try {
    bindModel(layout, model);
  } catch (const UserError& error) {
    return error.what();
  }
  return {};
}

TEST(Packer, TakesExponentsAndEndTokensOver) {
  QuantizedModel model = makeRandomModel(shape(), kFormat, 1);
  model.eosTokens = {5, 7};
  model.layers[1].down.weightExponent = -33;
  Layout layout = layoutFor(kFormat);
  bindModel(layout, model);
  EXPECT_EQ(layout.layers[1].down.exponent, -33);
  EXPECT_EQ(layout.plan.head.exponent, model.head.weightExponent);
  EXPECT_EQ(layout.plan.embedding_exponent, model.embedding.weightExponent);
  EXPECT_EQ(layout.plan.eos_count, 2u);
  EXPECT_EQ(layout.plan.eos[1], 7u);
}

TEST(Packer, RefusesAnotherFormat) {
  const std::string message = refusal(layoutFor({32, 4, 16, 4}), makeRandomModel(shape(), kFormat, 1));
  EXPECT_NE(message.find("weights.zero_bits=0"), std::string::npos) << message;
}

TEST(Packer, RefusesAnotherShape) {
  ModelShape other = shape();
  other.vocab = 100;
  EXPECT_NE(refusal(layoutFor(kFormat), makeRandomModel(other, kFormat, 1)), "");
}

TEST(Packer, RefusesExponentsThatCannotBeFused) {
  QuantizedModel model = makeRandomModel(shape(), kFormat, 1);
  ++model.layers[1].k.weightExponent;
  EXPECT_NE(refusal(layoutFor(kFormat), model).find("layer 1"), std::string::npos);
}

TEST(Packer, RefusesTooManyEndTokens) {
  QuantizedModel model = makeRandomModel(shape(), kFormat, 1);
  model.eosTokens = {1, 2, 3, 4, 5};
  EXPECT_NE(refusal(layoutFor(kFormat), model), "");
}

}  // namespace
}  // namespace pim::host
