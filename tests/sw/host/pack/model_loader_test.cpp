#include "sw/host/pack/model_loader.h"

#include <gtest/gtest.h>

#include "tests/sw/host/safetensors_writer.h"
#include "tests/sw/host/tiny_model.h"
#include "tests/sw/host/tokenizer_files.h"

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
  const LoadedModel damaged = loadModel(folder.path(""));
  EXPECT_FALSE(damaged.tokenizer);
  EXPECT_TRUE(contains(damaged.tokenizerError, "expected a SentencePiece model"));
  EXPECT_TRUE(contains(userError([&] { loadModel(folder.path(""), folder.path("tokenizer.model")); }),
                       "expected a SentencePiece model"));
}

/// 40 tokens of TinyHuggingFace: <unk> <s> </s>, then letters; with a piece per letter from 'A' on.
std::string fortyPieces(uint32_t count = 40) {
  ModelProto model;
  for (uint32_t i = 0; i < count; ++i) {
    const std::string text = i == 0   ? "<unk>"
                             : i == 1 ? "<s>"
                             : i == 2 ? "</s>"
                             : i == 3 ? "\u2581"
                                      : std::string(1, static_cast<char>('A' + i - 4));
    ModelProto piece;
    piece.text(1, text);
    piece.real(2, -static_cast<float>(i));
    piece.varint(3, i == 0 ? 2 : i <= 2 ? 3 : 1);
    model.text(1, piece.get());
  }
  ModelProto trainer;
  trainer.varint(3, 2);
  model.text(2, trainer.get());
  ModelProto normalizer;
  normalizer.text(1, "identity");
  normalizer.varint(3, 1);
  normalizer.varint(4, 0);
  model.text(3, normalizer.get());
  return model.get();
}

using Ids = std::vector<uint32_t>;

TEST(HuggingFaceTokenizer, BeginsTextsAsItsConfigurationSays) {
  TemporaryFolder folder;
  TinyHuggingFace::awq().write(folder);
  folder.write("tokenizer.model", fortyPieces());
  EXPECT_EQ(loadModel(folder.path("")).tokenizer->encode("AB"), (Ids{1, 3, 4, 5}));
  folder.write("tokenizer_config.json", R"({"add_bos_token": false})");
  EXPECT_EQ(loadModel(folder.path("")).tokenizer->encode("AB"), (Ids{3, 4, 5}));
  folder.write("tokenizer_config.json", R"({"add_bos_token": true, "bos_token": {"content": "</s>"}})");
  EXPECT_EQ(loadModel(folder.path("")).tokenizer->encode("AB"), (Ids{2, 3, 4, 5}));
}

TEST(HuggingFaceTokenizer, SaysWhatItDoesNotUse) {
  TemporaryFolder folder;
  TinyHuggingFace::awq().write(folder);
  folder.write("tokenizer.model", fortyPieces());
  folder.write("tokenizer_config.json", R"({"add_eos_token": true})");
  const auto notices = loadModel(folder.path("")).notices;
  EXPECT_TRUE(contains(notices.back(), "tokenizer_config.json: not used: add_eos_token")) << notices.back();
  std::filesystem::remove(folder.path("tokenizer.model"));
  folder.write("tokenizer.json", "{}");
  EXPECT_TRUE(contains(loadModel(folder.path("")).notices.back(), "tokenizer.json: not used"));
}

TEST(HuggingFaceTokenizer, TokensBeyondTheModelAreTheAddedOnes) {
  TemporaryFolder folder;
  TinyHuggingFace::awq().write(folder);
  folder.write("tokenizer.model", fortyPieces(38));
  const LoadedModel bare = loadModel(folder.path(""));
  EXPECT_FALSE(bare.tokenizer);
  EXPECT_TRUE(contains(bare.tokenizerError, "tokenizer.model: 38 tokens, the embedding of"));
  folder.write("added_tokens.json", R"({"<b>": 39, "<a>": 38})");
  const LoadedModel loaded = loadModel(folder.path(""));
  ASSERT_TRUE(loaded.tokenizer) << loaded.tokenizerError;
  EXPECT_EQ(loaded.tokenizer->encode("A<b>", {false, false}), (Ids{3, 4, 39}));
  EXPECT_EQ(loaded.tokenizer->piece(38), "<a>");
  folder.write("tokenizer_config.json",
               R"({"added_tokens_decoder": {"38": {"content": "<a>", "special": true}}})");
  EXPECT_EQ(loadModel(folder.path("")).tokenizer->piece(38), "");
}

TEST(HuggingFaceTokenizer, DamagedFilesAreFaultsOfTheFile) {
  TemporaryFolder folder;
  const std::string model = folder.write("tokenizer.model", fortyPieces());
  for (const char* text : {"{", R"({"add_bos_token": "no"})", R"({"bos_token": "nowhere"})",
                           R"({"added_tokens_decoder": {"40": {"content": "x"}, "77": {"content": "y"}}})",
                           R"({"added_tokens_decoder": {"minus": {}}})"}) {
    folder.write("tokenizer_config.json", std::string(text));
    EXPECT_NE(userError([&] { loadTokenizer(model); }), "") << text;
  }
  // A piece that begins with a zero byte: the library throws a type of its own from deep inside.
  std::filesystem::remove(folder.path("tokenizer_config.json"));
  ModelProto broken, piece, unknown, user;
  unknown.text(1, "<unk>");
  unknown.varint(3, 2);
  broken.text(1, unknown.get());
  user.text(1, std::string("\0x", 2));
  user.varint(3, 4);
  broken.text(1, user.get());
  EXPECT_TRUE(contains(userError([&] { loadTokenizer(folder.write("tokenizer.model", broken.get())); }),
                       "tokenizer.model: expected a SentencePiece model"));
}

TEST(HuggingFaceTokenizer, EndTokensAreThoseOfTheGenerationConfigThenOfTheConfig) {
  TemporaryFolder folder;
  TinyHuggingFace model = TinyHuggingFace::awq();
  const auto ends = [&](const std::string& config, const std::string& generation, bool tokenizer) {
    if (config.empty())
      model.config.erase("eos_token_id");
    else
      model.config["eos_token_id"] = config;
    model.write(folder);
    std::filesystem::remove(folder.path("tokenizer.model"));
    std::filesystem::remove(folder.path("generation_config.json"));
    if (!generation.empty()) folder.write("generation_config.json", generation);
    if (tokenizer) folder.write("tokenizer.model", fortyPieces());
    return loadModel(folder.path("")).model.eosTokens;
  };
  EXPECT_EQ(ends("", "", false), Ids{});
  EXPECT_EQ(ends("", "", true), Ids{2});
  EXPECT_EQ(ends("7", "", true), Ids{7});
  EXPECT_EQ(ends("[7, 2]", "", false), (Ids{7, 2}));
  EXPECT_EQ(ends("7", R"({"eos_token_id": [9, 8]})", true), (Ids{9, 8}));
  EXPECT_EQ(ends("7", R"({"eos_token_id": null})", true), Ids{7});
  EXPECT_EQ(ends("[1, 2, 3, 4, 5, 6]", "", false), (Ids{1, 2, 3, 4}));
  EXPECT_TRUE(contains(loadModel(folder.path("")).notices.back(), "not used: 5, 6"));
  EXPECT_TRUE(
      contains(userError([&] { ends("40", "", false); }), "eos_token_id: expected token ids below 40"));
  EXPECT_TRUE(
      contains(userError([&] { ends("7", R"({"eos_token_id": -1})", false); }), "generation_config.json"));
}

TEST(ModelLoader, FilesOfNoKnownKindAreRefused) {
  TemporaryFolder folder;
  const std::string path = folder.write("weights.xyz", "hello");
  EXPECT_TRUE(contains(userError([&] { loadModel(path); }), "weights.xyz: expected a GGUF file"));
}

}  // namespace
}  // namespace pim::host::test
