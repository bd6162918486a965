#include "sw/host/pack/model_loader.h"

#include <gtest/gtest.h>

#include "tests/sw/host/safetensors_writer.h"
#include "tests/sw/host/tiny_model.h"

namespace pim::host::test {
namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// llama2.c's tokenizer with `count` one-letter tokens.
std::vector<uint8_t> tokenizerBin(uint32_t count) {
  Bytes b;
  b.put<uint32_t>(8);
  for (uint32_t i = 0; i < count; ++i) b.put(0.0f).put<uint32_t>(1).put(static_cast<uint8_t>('A' + i));
  return b.get();
}

TEST(ModelLoader, TheTokenizerInsideAGgufComesWithIt) {
  SKIP_WITHOUT_SHARED_MODELS();
  const LoadedModel loaded = loadModel(sharedModels() + "/stories260K-h192-q4_0-pure.gguf");
  ASSERT_TRUE(loaded.tokenizer);
  EXPECT_EQ(loaded.tokenizer->bos(), 1u);
  EXPECT_EQ(loaded.model.eosTokens, (std::vector<uint32_t>{2}));
  EXPECT_EQ(loaded.model.shape.context, 128u);
  EXPECT_EQ(loaded.model.ropeFrequencies.size(), 4u);
}

TEST(ModelLoader, ANamedTokenizerTakesItsPlace) {
  TemporaryFolder folder;
  const std::string weights = folder.write("m.gguf", tinyModel().bytes());
  EXPECT_FALSE(loadModel(weights).tokenizer);
  const LoadedModel loaded = loadModel(weights, folder.write("tok.bin", tokenizerBin(40)));
  ASSERT_TRUE(loaded.tokenizer);
  EXPECT_EQ(loaded.tokenizer->encode("H", {false, false}).back(), 7u);
}

TEST(ModelLoader, AVocabularyThatDisagreesWithTheEmbeddingIsRefused) {
  TemporaryFolder folder;
  const std::string weights = folder.write("m.gguf", tinyModel().bytes());
  const std::string tokenizer = folder.write("tok.bin", tokenizerBin(39));
  EXPECT_TRUE(
      contains(userError([&] { loadModel(weights, tokenizer); }), "tok.bin: 39 tokens, the embedding of"));
}

TEST(ModelLoader, AHuggingFaceFolderNeedsNoTokenizer) {
  TemporaryFolder folder;
  const LoadedModel loaded = loadModel(TinyHuggingFace::awq().write(folder));
  EXPECT_FALSE(loaded.tokenizer);
  EXPECT_EQ(loaded.model.embedding.format.group, 128u);
  folder.write("tokenizer.model", "no model");
  EXPECT_TRUE(contains(userError([&] { loadModel(folder.path("")); }), "expected a SentencePiece model"));
}

TEST(ModelLoader, FilesOfNoKnownKindAreRefused) {
  TemporaryFolder folder;
  const std::string path = folder.write("weights.xyz", "hello");
  EXPECT_TRUE(contains(userError([&] { loadModel(path); }), "weights.xyz: expected a GGUF file"));
}

}  // namespace
}  // namespace pim::host::test
