#include "sw/host/quantise/quantize.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "sw/host/checkpoint/half_float.h"
#include "sw/host/quantise/group_quantizer.h"
#include "tests/sw/host/test_files.h"
#include "tests/sw/host/tiny_model.h"

namespace pim::host::test {
namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::shared_ptr<const Checkpoint> load(const std::string& path) {
  return std::make_shared<const Checkpoint>(loadCheckpoint(path));
}

/// The weights of row `index` as the chip understands them.
std::vector<float> weightsOf(const QuantizedMatrix& matrix, uint32_t index) {
  std::vector<uint8_t> scratch(matrix.rowBytes(), 0xEE);
  const WeightRowView row = matrix.view(index, scratch.data());
  std::vector<float> weights;
  for (uint32_t i = 0; i < matrix.k; ++i) {
    const uint32_t g = i / matrix.format.group;
    const int level = static_cast<int>(row.code(i)) - static_cast<int>(row.zero(g));
    weights.push_back(
        static_cast<float>(std::ldexp(static_cast<double>(level) * row.scale(g), matrix.weightExponent)));
  }
  return weights;
}

/// A fp16 scale and 16 code bytes.
std::vector<uint8_t> q4_0Block(uint16_t halfScale, uint8_t firstCodes) {
  Bytes block;
  block.put(halfScale);
  for (uint8_t i = 0; i < 16; ++i) block.put<uint8_t>(static_cast<uint8_t>(firstCodes + 16 * i + 7 * i));
  return block.get();
}

std::vector<uint8_t> repeat(const std::vector<uint8_t>& block, size_t times) {
  Bytes all;
  for (size_t i = 0; i < times; ++i) all.append(block);
  return all.get();
}

void replace(GgufWriter& w, const std::string& name, uint32_t type, std::vector<uint8_t> data) {
  w.find(name).type = type;
  w.find(name).data = std::move(data);
}

constexpr uint16_t kHalfOne = 0x3C00, kHalfMinusTwo = 0xC000, kHalfNan = 0x7E00, kHalfInfinity = 0xFC00;

TEST(ScaleMantissa, WexpIsTheSmallestThatFits65535) {
  EXPECT_EQ(weightExponentFor(65535.0f), 0);
  EXPECT_EQ(scaleMantissa(65535.0f, 0), 65535);
  EXPECT_EQ(weightExponentFor(1.0f), -15);
  EXPECT_EQ(scaleMantissa(1.0f, -15), 32768);
  // 65535.75 / 65536 rounds to 65536 with one exponent and has to take the next.
  const float justBelowOne = 65535.75f / 65536.0f;
  EXPECT_EQ(weightExponentFor(justBelowOne), -15);
  EXPECT_EQ(scaleMantissa(justBelowOne, -15), 32768);
  EXPECT_EQ(weightExponentFor(0.0f), 0);
  EXPECT_EQ(weightExponentFor(1e-30f), kSmallestWeightExponent);
}

TEST(ScaleMantissa, RoundsHalfUp) {
  EXPECT_EQ(scaleMantissa(2.5f, 0), 3);
  EXPECT_EQ(scaleMantissa(2.49f, 0), 2);
  EXPECT_EQ(scaleMantissa(0.3f, -2), 1);
}

TEST(HalfMantissas, AreScaleMantissasOfAllMagnitudesAndExponents) {
  std::vector<uint16_t> halves, found;
  for (uint32_t bits = 0; bits < 0x10000; ++bits)
    if ((bits & 0x7C00u) != 0x7C00u) halves.push_back(static_cast<uint16_t>(bits));
  found.resize(halves.size());
  for (int exponent = kSmallestWeightExponent; exponent <= 0; ++exponent) {
    halfMantissas(halves.data(), static_cast<uint32_t>(halves.size()), exponent, found.data());
    for (std::size_t i = 0; i < halves.size(); ++i)
      ASSERT_EQ(found[i], scaleMantissa(std::abs(halfToFloat(halves[i])), exponent))
          << halves[i] << ' ' << exponent;
  }
}

TEST(GroupQuantizer, WeightsOnAGridAreFoundAgain) {
  std::vector<float> weights;
  for (int i = 0; i < 32; ++i) weights.push_back(static_cast<float>(i % 16 - 8) * 0.25f);
  std::vector<uint8_t> codes(32);
  const QuantizedGroup group = quantizeGroup(weights.data(), 32, 4, false, codes.data());
  EXPECT_EQ(group.scale, 0.25f);
  EXPECT_EQ(group.zero, 8);
  for (int i = 0; i < 32; ++i) EXPECT_EQ(codes[static_cast<size_t>(i)], i % 16);
}

TEST(GroupQuantizer, AZeroPointServesLopsidedGroups) {
  std::vector<float> weights;
  for (int i = 0; i < 32; ++i) weights.push_back(0.1f + 0.01f * static_cast<float>(i));
  std::vector<uint8_t> codes(32);
  const QuantizedGroup symmetric = quantizeGroup(weights.data(), 32, 4, false, codes.data());
  const QuantizedGroup stored = quantizeGroup(weights.data(), 32, 4, true, codes.data());
  EXPECT_EQ(stored.zero, 0);
  EXPECT_LT(stored.squaredError, symmetric.squaredError / 3);
  for (float& w : weights) w = -w;
  const QuantizedGroup mirrored = quantizeGroup(weights.data(), 32, 4, true, codes.data());
  EXPECT_EQ(mirrored.zero, 15);
  EXPECT_NEAR(mirrored.squaredError, stored.squaredError, 0.2f * stored.squaredError);
}

TEST(GroupQuantizer, TheSearchBeatsTheRangeThatClipsNothing) {
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  double searched = 0.0, plain = 0.0;
  for (int trial = 0; trial < 100; ++trial) {
    std::vector<float> weights(128);
    for (float& w : weights) w = normal(random);
    std::vector<uint8_t> codes(128);
    searched += static_cast<double>(quantizeGroup(weights.data(), 128, 4, false, codes.data()).squaredError);
    float scale = 0.0f;
    for (const float w : weights) scale = std::max(scale, w > 0 ? w / 7.0f : -w / 8.0f);
    for (const float w : weights) plain += std::pow(w - scale * std::round(w / scale), 2.0f);
  }
  EXPECT_LT(searched, 0.93 * plain);
}

TEST(GroupQuantizer, ZerosStayZeros) {
  const std::vector<float> weights(32, 0.0f);
  std::vector<uint8_t> codes(32, 3);
  const QuantizedGroup group = quantizeGroup(weights.data(), 32, 4, true, codes.data());
  EXPECT_EQ(group.scale, 0.0f);
  EXPECT_EQ(codes, std::vector<uint8_t>(32, group.zero));
}

TEST(Quantize, Q4_0CodesAreTakenOverExactly) {
  TemporaryFolder folder;
  GgufWriter w = tinyModel();
  replace(w, "blk.0.attn_output.weight", kQ4_0, repeat(q4_0Block(kHalfOne, 0x21), 64 * 2));
  const auto checkpoint = load(folder.write("m.gguf", w.bytes()));
  const QuantizedModel model = quantize(checkpoint).model;
  const QuantizedMatrix& matrix = model.layers[0].output;
  EXPECT_EQ(matrix.format.group, 32u);
  EXPECT_EQ(matrix.format.zeroBits, 0u);
  EXPECT_EQ(matrix.weightExponent, -15);
  std::vector<uint8_t> scratch(matrix.rowBytes());
  const WeightRowView row = matrix.view(63, scratch.data());
  for (uint32_t i = 0; i < 64; ++i) {
    const uint32_t byte = (0x21u + 23u * (i % 16)) & 255u;
    EXPECT_EQ(row.code(i), i % 32 < 16 ? byte & 15u : byte >> 4) << i;
    EXPECT_EQ(row.zero(i / 32), 8);
    EXPECT_EQ(row.scale(i / 32), 32768);
  }
}

TEST(Quantize, CodesOfOtherWidthsAreTakenOverWhereTheMatrixHasThatWidth) {
  TemporaryFolder folder;
  for (const auto& [type, bits] : {std::pair{kQ5_0, 5u}, {kQ8_0, 8u}}) {
    GgufWriter w = tinyModel();
    Bytes blocks;
    for (uint32_t b = 0; b < 128; ++b) {
      blocks.put(b % 2 != 0 && type == kQ5_0 ? kHalfMinusTwo : kHalfOne);
      if (type == kQ5_0) blocks.put<uint32_t>(0x9E3779B9u * (b + 1));
      for (uint32_t i = 0; i < (type == kQ5_0 ? 16u : 32u); ++i)
        blocks.put(static_cast<uint8_t>(37 * i + 11 * b));
    }
    replace(w, "blk.0.attn_output.weight", type, blocks.get());
    const auto checkpoint = load(folder.write("m.gguf", w.bytes()));
    QuantizeOptions options;
    options.formats = WeightFormat{}.withBits(bits);
    const QuantizedCheckpoint taken = quantize(checkpoint, options);
    const QuantizedMatrix& matrix = taken.model.layers[0].output;
    ASSERT_EQ(matrix.format.weightBits, bits);
    EXPECT_EQ(matrix.format.zeroBits, type == kQ5_0 ? 8u : 0u);
    for (const uint32_t row : {0u, 5u, 63u}) {
      std::vector<float> expected(64);
      checkpoint->tensor(TensorRole::AttentionOutput).readRow(row, expected.data());
      EXPECT_EQ(weightsOf(matrix, row), expected) << bits << " bits, row " << row;
    }
    // At another width they are quantised again, and a notice says so.
    const QuantizedCheckpoint again = quantize(checkpoint);
    EXPECT_EQ(again.model.layers[0].output.format.weightBits, 4u);
    const char* const name = bits == 5 ? "Q5_0" : "Q8_0";
    EXPECT_TRUE(std::any_of(again.notices.begin(), again.notices.end(), [&](const std::string& notice) {
      return contains(notice, name) && contains(notice, "4 bits");
    }));
  }
}

TEST(Quantize, PruningKeepsTheLargestOfEachSixteen) {
  TemporaryFolder folder;
  const auto checkpoint = load(folder.write("m.gguf", tinyModel().bytes()));
  for (const uint32_t kept : {8u, 4u, 2u}) {
    QuantizeOptions options;
    options.formats = WeightFormat{}.withSparsity(kept);
    const QuantizedMatrix matrix = quantize(checkpoint, options).model.layers[0].output;
    std::vector<uint8_t> scratch(matrix.rowBytes());
    std::vector<float> weights(64);
    for (uint32_t r = 0; r < matrix.rows; ++r) {
      checkpoint->tensor(TensorRole::AttentionOutput).readRow(r, weights.data());
      const WeightRowView row = matrix.view(r, scratch.data());
      for (uint32_t i = 0; i < 64; ++i) {
        // By their size, and among equals by their place: how many go before this one.
        uint32_t before = 0;
        for (uint32_t j = i / 16 * 16; j < i / 16 * 16 + 16; ++j) {
          const float mine = std::fabs(weights[i]), other = std::fabs(weights[j]);
          before += other > mine || (other == mine && j < i) ? 1 : 0;
        }
        if (before >= kept) {
          ASSERT_EQ(row.code(i), row.zero(i / 32)) << kept << " kept, row " << r << ", " << i;
        }
      }
    }
  }
}

TEST(Quantize, NegativeQ4_0ScalesBecomeComplementedCodesWithZeroPoint7) {
  TemporaryFolder folder;
  GgufWriter w = tinyModel();
  Bytes blocks;
  for (int i = 0; i < 64; ++i) {
    blocks.append(q4_0Block(kHalfOne, 0x80)).append(q4_0Block(kHalfMinusTwo, 0x08));
  }
  replace(w, "blk.0.attn_output.weight", kQ4_0, blocks.get());
  const auto checkpoint = load(folder.write("m.gguf", w.bytes()));
  const QuantizedMatrix matrix = quantize(checkpoint).model.layers[0].output;
  EXPECT_EQ(matrix.format.zeroBits, 4u);
  std::vector<uint8_t> scratch(matrix.rowBytes());
  const WeightRowView row = matrix.view(5, scratch.data());
  EXPECT_EQ(row.zero(0), 8);
  EXPECT_EQ(row.zero(1), 7);
  EXPECT_EQ(row.scale(0), 16384);
  EXPECT_EQ(row.scale(1), 32768);
  std::vector<float> expected(64);
  checkpoint->tensor(TensorRole::AttentionOutput).readRow(5, expected.data());
  EXPECT_EQ(weightsOf(matrix, 5), expected);
  EXPECT_TRUE(contains(userError([&] { quantize(checkpoint, {0, ZeroPoints::Symmetric}); }), "symmetric"));
}

TEST(Quantize, ANegativeZeroScaleNeedsNoZeroPoint) {
  TemporaryFolder folder;
  GgufWriter w = tinyModel();
  replace(w, "blk.0.attn_output.weight", kQ4_0, repeat(q4_0Block(0x8000, 0x21), 128));
  const auto checkpoint = load(folder.write("m.gguf", w.bytes()));
  EXPECT_EQ(quantize(checkpoint).model.layers[0].output.format.zeroBits, 0u);
}

TEST(Quantize, ZeroPointsAreStoredWhenAskedFor) {
  TemporaryFolder folder;
  const auto checkpoint = load(folder.write("m.gguf", tinyModel().bytes()));
  EXPECT_EQ(quantize(checkpoint).model.head.format.zeroBits, 0u);
  EXPECT_EQ(quantize(checkpoint, {0, ZeroPoints::Stored}).model.head.format.zeroBits, 4u);
}

TEST(Quantize, WholeNumberedQ4_1IsExactAndOtherIsQuantisedAgainWithANotice) {
  TemporaryFolder folder;
  const auto withMinimum = [&](uint16_t halfMinimum) {
    GgufWriter w = tinyModel();
    Bytes block;
    block.put(kHalfOne).put(halfMinimum);
    for (uint8_t i = 0; i < 16; ++i) block.put<uint8_t>(static_cast<uint8_t>(i * 16 + 15 - i));
    replace(w, "blk.0.attn_output.weight", kQ4_1, repeat(block.get(), 128));
    return load(folder.write("m.gguf", w.bytes()));
  };
  const auto whole = withMinimum(0xC200);  // -3
  const QuantizedCheckpoint exact = quantize(whole);
  std::vector<float> expected(64);
  whole->tensor(TensorRole::AttentionOutput).readRow(9, expected.data());
  EXPECT_EQ(weightsOf(exact.model.layers[0].output, 9), expected);
  for (const std::string& notice : exact.notices) EXPECT_FALSE(contains(notice, "Q4_1")) << notice;

  const QuantizedCheckpoint again = quantize(withMinimum(0xC280));  // -3.25
  ASSERT_FALSE(again.notices.empty());
  EXPECT_TRUE(contains(again.notices.back(), "1 Q4_1 matrices were quantised to 4 bits"));
}

TEST(Quantize, QkvShareOneExponentAndGateUpShareOne) {
  TemporaryFolder folder;
  const auto checkpoint =
      load(folder.write("m.gguf", tinyModel([](const std::string& name, uint64_t i) {
                                    float scale = 1.0f;
                                    if (contains(name, "attn_v")) scale = 8.0f;
                                    if (contains(name, "ffn_up")) scale = 0.25f;
                                    return scale * static_cast<float>(i % 15) / 7.0f - 1.0f;
                                  }).bytes()));
  const QuantizedLayer layer = quantize(checkpoint).model.layers[0];
  EXPECT_EQ(layer.q.weightExponent, layer.v.weightExponent);
  EXPECT_EQ(layer.k.weightExponent, layer.v.weightExponent);
  EXPECT_EQ(layer.gate.weightExponent, layer.up.weightExponent);
  EXPECT_NE(layer.q.weightExponent, layer.output.weightExponent);
}

TEST(Quantize, MlpIsPaddedWithZerosToWholeGroups) {
  TemporaryFolder folder;
  const auto checkpoint = load(folder.write("m.gguf", tinyModel().bytes()));
  const QuantizedModel model = quantize(checkpoint, {64}).model;
  EXPECT_EQ(model.shape.mlp, 128u);
  EXPECT_EQ(model.layers[0].gate.rows, 128u);
  EXPECT_EQ(model.layers[0].down.k, 128u);
  EXPECT_EQ(weightsOf(model.layers[0].gate, 127), std::vector<float>(64, 0.0f));
  EXPECT_NE(weightsOf(model.layers[0].gate, 95), std::vector<float>(64, 0.0f));
  const std::vector<float> down = weightsOf(model.layers[0].down, 3);
  for (uint32_t i = 96; i < 128; ++i) EXPECT_EQ(down[i], 0.0f);
}

TEST(Quantize, AGroupThatDoesNotDivideTheSizesIsRefused) {
  TemporaryFolder folder;
  const auto checkpoint = load(folder.write("m.gguf", tinyModel().bytes()));
  EXPECT_TRUE(contains(userError([&] { quantize(checkpoint, {128}); }),
                       "hidden size: 64 is not a multiple of the group, 128"));
  EXPECT_TRUE(
      contains(userError([&] { quantize(checkpoint, {48}); }), "group: expected 32, 64 or 128, found 48"));
}

TEST(Quantize, ScalesAndWeightsThatAreNotFiniteAreRefused) {
  TemporaryFolder folder;
  for (const uint16_t bad : {kHalfNan, kHalfInfinity}) {
    GgufWriter w = tinyModel();
    auto data = repeat(q4_0Block(kHalfOne, 0), 128);
    std::memcpy(&data[18 * 77], &bad, sizeof bad);
    replace(w, "blk.0.attn_output.weight", kQ4_0, data);
    const auto checkpoint = load(folder.write("m.gguf", w.bytes()));
    EXPECT_TRUE(contains(userError([&] { quantize(checkpoint); }),
                         "tensor blk.0.attn_output.weight: row 38: a scale is"));
  }
  const auto nan = load(folder.write("m.gguf", tinyModel([](const std::string& name, uint64_t i) {
                                                 return contains(name, "ffn_up") && i == 100 ? NAN : 0.5f;
                                               }).bytes()));
  EXPECT_TRUE(
      contains(userError([&] { quantize(nan); }), "tensor blk.0.ffn_up.weight: row 1: a weight or scale"));
  const auto gain = load(folder.write("m.gguf", tinyModel([](const std::string& name, uint64_t) {
                                                  return contains(name, "ffn_norm") ? INFINITY : 0.5f;
                                                }).bytes()));
  EXPECT_TRUE(contains(userError([&] { quantize(gain); }), "tensor blk.0.ffn_norm.weight: a gain is inf"));
}

TEST(Quantize, GainsAreQ16) {
  TemporaryFolder folder;
  const auto checkpoint =
      load(folder.write("m.gguf", tinyModel([](const std::string& name, uint64_t i) {
                                    return contains(name, "norm") ? static_cast<float>(i) * 0.3f : 0.25f;
                                  }).bytes()));
  const QuantizedModel model = quantize(checkpoint).model;
  EXPECT_EQ(model.finalGain.at(1), 19661);  // round(0.3 * 65536)
  EXPECT_EQ(model.layers[0].mlpGain.at(10), 196608);
  EXPECT_EQ(model.layers[0].attentionGain.size(), 64u);
}

TEST(Quantize, RealQ4_0ModelHasTheWeightsOfItsFloatExpansion) {
  SKIP_WITHOUT_SHARED_MODELS();
  const auto packed = load(sharedModels() + "/stories260K-h192-q4_0-pure.gguf");
  const auto expanded = load(sharedModels() + "/stories260K-h192-q4_0-dequant-f32.gguf");
  const QuantizedCheckpoint quantized = quantize(packed);
  for (const std::string& notice : quantized.notices) EXPECT_FALSE(contains(notice, "quantised")) << notice;
  // Every matrix of the first and last layer and the two tables, row by row: the file's reader to the bit,
  // the chip's numbers to half an LSB of the scale mantissa times the largest code.
  const auto compare = [&](TensorRole role, uint32_t layer, const QuantizedMatrix& matrix) {
    const TensorView &a = packed->tensor(role, layer), &b = expanded->tensor(role, layer);
    ASSERT_EQ(a.type, TensorType::Q4_0);
    std::vector<float> fromPacked(a.columns), fromExpanded(b.columns);
    for (uint32_t row = 0; row < a.rows; ++row) {
      a.readRow(row, fromPacked.data());
      b.readRow(row, fromExpanded.data());
      ASSERT_EQ(fromPacked, fromExpanded) << a.name << " row " << row;
      const std::vector<float> onChip = weightsOf(matrix, row);
      const float bound = static_cast<float>(std::ldexp(8.0 * 0.5, matrix.weightExponent));
      for (size_t i = 0; i < onChip.size(); ++i) {
        ASSERT_NEAR(onChip[i], fromExpanded[i], bound) << a.name << " row " << row;
      }
    }
  };
  const QuantizedModel& model = quantized.model;
  compare(TensorRole::TokenEmbedding, 0, model.embedding);
  compare(TensorRole::Output, 0, model.head);
  for (uint32_t l = 0; l < model.shape.layers; ++l) {
    compare(TensorRole::Query, l, model.layers[l].q);
    compare(TensorRole::Key, l, model.layers[l].k);
    compare(TensorRole::Value, l, model.layers[l].v);
    compare(TensorRole::AttentionOutput, l, model.layers[l].output);
    compare(TensorRole::Gate, l, model.layers[l].gate);
    compare(TensorRole::Up, l, model.layers[l].up);
    compare(TensorRole::Down, l, model.layers[l].down);
  }
}

}  // namespace
}  // namespace pim::host::test
