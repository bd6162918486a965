#include "sw/host/checkpoint/llama2c.h"

#include <gtest/gtest.h>

#include "sw/host/quantise/quantize.h"
#include "tests/sw/host/gguf_writer.h"
#include "tests/sw/host/test_files.h"

namespace pim::host::test {
namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Hidden 32, MLP 40, 1 layer, 2 heads, 1 KV head, 5 tokens, context 8; the n-th float of the file is n.
std::vector<uint8_t> tinyCheckpoint(bool tied) {
  Bytes b;
  for (const int32_t n : {32, 40, 1, 2, 1, tied ? 5 : -5, 8}) b.put(n);
  const size_t floats =
      5 * 32 + 32 + 32 * 32 + 2 * 16 * 32 + 32 * 32 + 32 + 3 * 40 * 32 + 32 + 8 * 16 + (tied ? 0 : 5 * 32);
  for (size_t i = 0; i < floats; ++i) b.put(static_cast<float>(i));
  return b.get();
}

TEST(Llama2c, TensorsLieInTheOrderOfTheFormat) {
  const auto bytes = tinyCheckpoint(false);
  const Checkpoint c = llama2cCheckpoint({bytes.data(), bytes.size()}, "m.bin");
  const auto first = [&](TensorRole role) {
    std::vector<float> row(c.tensor(role).columns);
    c.tensor(role).readRow(0, row.data());
    return row.front();
  };
  EXPECT_EQ(first(TensorRole::TokenEmbedding), 0.0f);
  EXPECT_EQ(first(TensorRole::AttentionNorm), 160.0f);
  EXPECT_EQ(first(TensorRole::Query), 192.0f);
  EXPECT_EQ(first(TensorRole::Key), 1216.0f);
  EXPECT_EQ(first(TensorRole::Value), 1728.0f);
  EXPECT_EQ(first(TensorRole::AttentionOutput), 2240.0f);
  EXPECT_EQ(first(TensorRole::MlpNorm), 3264.0f);
  EXPECT_EQ(first(TensorRole::Gate), 3296.0f);
  EXPECT_EQ(first(TensorRole::Down), 4576.0f);
  EXPECT_EQ(first(TensorRole::Up), 5856.0f);
  EXPECT_EQ(first(TensorRole::OutputNorm), 7136.0f);
  EXPECT_EQ(first(TensorRole::Output), 7296.0f);
  EXPECT_EQ(c.tensor(TensorRole::Down).columns, 40u);
}

TEST(Llama2c, APositiveVocabularyMeansTiedEmbeddings) {
  const auto bytes = tinyCheckpoint(true);
  const Checkpoint c = llama2cCheckpoint({bytes.data(), bytes.size()}, "m.bin");
  EXPECT_TRUE(c.shape().tiedEmbeddings);
  EXPECT_EQ(&c.tensor(TensorRole::Output), &c.tensor(TensorRole::TokenEmbedding));
}

TEST(Llama2c, TheSizeOfTheFileMustFitTheHeader) {
  auto bytes = tinyCheckpoint(true);
  for (size_t size = 0; size < bytes.size(); size += size < 64 ? 1 : 977) {
    EXPECT_NE(userError([&] { llama2cCheckpoint({bytes.data(), size}, "m.bin"); }), "") << size;
  }
  bytes.resize(bytes.size() + 4);
  EXPECT_TRUE(contains(userError([&] {
                         llama2cCheckpoint({bytes.data(), bytes.size()}, "m.bin");
                       }),
                       "m.bin: expected a llama2.c checkpoint, found 4 bytes more"));
}

TEST(Llama2c, ImpossibleHeadersAreRefused) {
  const auto error = [](std::vector<int32_t> header) {
    Bytes b;
    for (const int32_t n : header) b.put(n);
    return userError([&] { llama2cCheckpoint({b.get().data(), b.get().size()}, "m.bin"); });
  };
  EXPECT_TRUE(contains(error({0, 40, 1, 2, 1, 5, 8}), "hidden size: expected a positive number, found 0"));
  EXPECT_TRUE(contains(error({32, 40, -1, 2, 1, 5, 8}), "layers: expected a positive number"));
  EXPECT_TRUE(contains(error({33, 40, 1, 2, 1, 5, 8}), "2 do not divide the hidden size 33"));
  EXPECT_TRUE(contains(error({32, 40, 1, 2, 1, INT32_MIN, 8}), "vocabulary: expected 1.."));
  EXPECT_TRUE(
      contains(error({16777216, 16777216, 16777216, 2, 1, 16777216, 8}), "token embedding: expected"));
}

TEST(Llama2c, RealCheckpointIsBitForBitTheGgufOne) {
  SKIP_WITHOUT_SHARED_MODELS();
  const Checkpoint legacy = loadCheckpoint(sharedModels() + "/stories260K.bin");
  const Checkpoint gguf = loadCheckpoint(sharedModels() + "/stories260K-f32.gguf");
  ASSERT_EQ(legacy.shape().layers, 5u);
  ASSERT_EQ(legacy.shape().kvHeads, 4u);
  const auto same = [&](TensorRole role, uint32_t layer) {
    const TensorView &a = legacy.tensor(role, layer), &b = gguf.tensor(role, layer);
    ASSERT_EQ(a.rows, b.rows) << b.name;
    ASSERT_EQ(a.columns, b.columns) << b.name;
    EXPECT_EQ(std::memcmp(a.data, b.data, a.rows * a.columns * sizeof(float)), 0) << b.name;
  };
  same(TensorRole::TokenEmbedding, 0);
  same(TensorRole::OutputNorm, 0);
  same(TensorRole::Output, 0);
  for (uint32_t l = 0; l < 5; ++l) {
    for (const TensorRole role : {TensorRole::AttentionNorm, TensorRole::Query, TensorRole::Key,
                                  TensorRole::Value, TensorRole::AttentionOutput, TensorRole::MlpNorm,
                                  TensorRole::Gate, TensorRole::Up, TensorRole::Down}) {
      same(role, l);
    }
  }
}

TEST(Llama2c, MlpOf172IsPaddedTo192) {
  SKIP_WITHOUT_SHARED_MODELS();
  const auto checkpoint =
      std::make_shared<const Checkpoint>(loadCheckpoint(sharedModels() + "/stories260K.bin"));
  EXPECT_EQ(checkpoint->shape().mlp, 172u);
  EXPECT_EQ(quantize(checkpoint).model.shape.mlp, 192u);
}

}  // namespace
}  // namespace pim::host::test
