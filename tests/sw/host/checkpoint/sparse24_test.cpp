// 2:4 checkpoints in the layout of compressed-tensors.
#include <gtest/gtest.h>

#include <cmath>

#include "sw/host/checkpoint/checkpoint.h"
#include "sw/host/quantise/quantize.h"
#include "tests/sw/host/safetensors_writer.h"

namespace pim::host::test {
namespace {

using Tiny = TinyHuggingFace;

std::string errorOf(const Tiny& model) {
  TemporaryFolder folder;
  const std::string path = model.write(folder);
  return userError([&] { loadCheckpoint(path); });
}

QuantizedCheckpoint quantized(const Tiny& model, const QuantizeOptions& options) {
  TemporaryFolder folder;
  return quantize(std::make_shared<const Checkpoint>(loadCheckpoint(model.write(folder))), options);
}

std::vector<uint8_t> bytesOf(const QuantizedMatrix& matrix) {
  std::vector<uint8_t> all, scratch(matrix.rowBytes());
  for (uint32_t r = 0; r < matrix.rows; ++r) {
    const uint8_t* row = matrix.view(r, scratch.data()).scales();  // the row begins with them
    all.insert(all.end(), row, row + matrix.rowBytes());
  }
  return all;
}

TEST(Sparse24, RowsHaveTheirValuesAtTheirPlaces) {
  TemporaryFolder folder;
  const Checkpoint checkpoint = loadCheckpoint(Tiny::sparse24().write(folder));
  std::vector<float> row(Tiny::kMlp);
  for (uint32_t r = 0; r < Tiny::kHidden; ++r) {
    checkpoint.tensor(TensorRole::Down).readRow(r, row.data());
    for (uint32_t c = 0; c < Tiny::kMlp; ++c) ASSERT_EQ(row[c], Tiny::sparseWeight(r, c)) << r << ' ' << c;
  }
  // Rotary pairs are reordered as in a plain file.
  checkpoint.tensor(TensorRole::Query).readRow(1, row.data());
  for (uint32_t c = 0; c < Tiny::kHidden; ++c) ASSERT_EQ(row[c], Tiny::sparseWeight(64, c)) << c;
}

TEST(Sparse24, IsTheDenseCheckpointWithItsZeros) {
  for (const uint32_t sparsity : {0u, 8u}) {
    QuantizeOptions options;
    options.formats = WeightFormat{32, 4, 16, 0, sparsity};
    const QuantizedCheckpoint sparse = quantized(Tiny::sparse24(), options),
                              dense = quantized(Tiny::sparse24(true), options);
    EXPECT_EQ(bytesOf(sparse.model.layers[0].down), bytesOf(dense.model.layers[0].down));
    EXPECT_EQ(bytesOf(sparse.model.layers[0].q), bytesOf(dense.model.layers[0].q));
  }
}

TEST(Sparse24, LosesNoWeightInBlocksThatKeepEightOfSixteen) {
  QuantizeOptions options;
  options.formats = WeightFormat{32, 4, 16, 0, 8};
  const QuantizedMatrix matrix = quantized(Tiny::sparse24(), options).model.layers[0].down;
  std::vector<uint8_t> scratch(matrix.rowBytes());
  for (uint32_t r = 0; r < matrix.rows; ++r) {
    const WeightRowView row = matrix.view(r, scratch.data());
    for (uint32_t c = 0; c < matrix.k; ++c) {
      const int code = static_cast<int>(row.code(c)) - static_cast<int>(row.zero(c / 32));
      ASSERT_TRUE(Tiny::isKept(r, c) || code == 0) << r << ' ' << c;
      // A kept weight of a quarter of the largest or more cannot round to zero.
      ASSERT_TRUE(std::abs(Tiny::sparseWeight(r, c)) <= 0.5f || code != 0) << r << ' ' << c;
    }
  }
}

TEST(Sparse24, SaysWhichSettingSuitsIt) {
  TemporaryFolder folder;
  const Checkpoint checkpoint = loadCheckpoint(Tiny::sparse24().write(folder));
  bool said = false;
  for (const std::string& notice : checkpoint.notices())
    said |= notice.find("weights.sparsity=8") != std::string::npos;
  EXPECT_TRUE(said);
}

TEST(Sparse24, WrongPartsAreRefusedByName) {
  const std::string down = "model.layers.0.mlp.down_proj";
  const auto with = [](auto&& change) {
    Tiny model = Tiny::sparse24();
    change(model.weights.tensors);
    return errorOf(model);
  };
  const auto contains = [](const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos ? ::testing::AssertionSuccess()
                                                : ::testing::AssertionFailure() << text;
  };
  EXPECT_TRUE(contains(with([&](auto& t) { t.erase(down + ".bitmask"); }), down + ".bitmask is missing"));
  EXPECT_TRUE(contains(with([&](auto& t) { t.erase(down + ".shape"); }), down + ".shape is missing"));
  EXPECT_TRUE(contains(with([&](auto& t) { t[down + ".bitmask"].data[5] = 7; }),
                       down + ".bitmask: expected two bits set of each four"));
  EXPECT_TRUE(contains(with([&](auto& t) { t[down + ".shape"].data[0] = 1; }),
                       down + ".bitmask: expected 257 x 48 bytes"));
  EXPECT_TRUE(contains(with([&](auto& t) { t[down + ".shape"].data[8] = 0x81; }),
                       down + ".shape: expected columns in eights"));
  EXPECT_TRUE(contains(with([&](auto& t) { t[down + ".shape"].dtype = "F64"; }), "two numbers of dtype I64"));
  EXPECT_TRUE(contains(with([&](auto& t) {
                         t[down + ".compressed"].shape = {384, 128};
                       }),
                       down + ".compressed: expected 256 x 192 numbers"));
  EXPECT_TRUE(contains(with([&](auto& t) { t[down + ".compressed"].dtype = "I16"; }), "found I16"));
  Tiny quantised = Tiny::sparse24();
  quantised.config["quantization_config"] =
      R"({"quant_method":"compressed-tensors","format":"pack-quantized","config_groups":{}})";
  EXPECT_TRUE(contains(errorOf(quantised), "quantization_config: format: expected \"dense\""));
}

}  // namespace
}  // namespace pim::host::test
