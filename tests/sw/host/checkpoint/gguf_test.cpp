#include "sw/host/checkpoint/gguf.h"

#include <gtest/gtest.h>

#include "sw/host/checkpoint/checkpoint.h"
#include "sw/host/checkpoint/gguf_checkpoint.h"
#include "tests/sw/host/test_files.h"
#include "tests/sw/host/tiny_model.h"

namespace pim::host::test {
namespace {

std::string errorOf(const std::vector<uint8_t>& bytes) {
  const std::string error = userError([&] {
    ggufCheckpoint(std::make_shared<GgufFile>(ByteSpan{bytes.data(), bytes.size()}, "m.gguf"));
  });
  EXPECT_TRUE(error.empty() || error.find("m.gguf: ") == 0) << "does not name the file: " << error;
  return error;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(GgufFile, ReadsEveryKindOfMetadata) {
  GgufWriter w;
  w.number("a.number", 7).real("a.real", 0.5f).flag("a.flag", true).text("a.text", "hello");
  w.texts("texts", {"", "x", "yz"})
      .array<float>("floats", 6, {1.5f, -2.0f})
      .array<int32_t>("ints", 5, {-1, 4});
  const auto bytes = w.bytes();
  const GgufFile file({bytes.data(), bytes.size()}, "memory");
  EXPECT_EQ(file.unsignedValue("a.number"), 7u);
  EXPECT_EQ(file.floatValue("a.real"), 0.5);
  EXPECT_EQ(file.boolValue("a.flag"), true);
  EXPECT_EQ(file.textValue("a.text"), "hello");
  EXPECT_EQ(file.textArray("texts"), (std::vector<std::string_view>{"", "x", "yz"}));
  EXPECT_EQ(file.floatArray("floats"), (std::vector<float>{1.5f, -2.0f}));
  EXPECT_EQ(file.integerArray("ints"), (std::vector<int64_t>{-1, 4}));
  EXPECT_EQ(file.unsignedValue("absent"), std::nullopt);
  EXPECT_TRUE(contains(userError([&] { file.unsignedValue("a.text"); }), "a.text: expected an integer"));
  EXPECT_TRUE(contains(userError([&] { file.textArray("ints"); }), "ints: expected an array of strings"));
}

TEST(GgufFile, Version2IsReadLikeVersion3) {
  GgufWriter w = tinyModel();
  w.version = 2;
  EXPECT_EQ(errorOf(w.bytes()), "");
}

TEST(GgufFile, EveryTruncationIsRefusedInOneLine) {
  const auto whole = tinyModel().bytes();
  ASSERT_EQ(errorOf(whole), "");
  // Every 4 KiB boundary of the file, and every byte of its header.
  for (size_t size = 1; size < whole.size(); size = size < 1500 ? size + 1 : (size / 4096 + 1) * 4096) {
    EXPECT_NE(errorOf({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)}), "")
        << size << " bytes";
  }
}

TEST(GgufFile, RealFileTruncatedAtEveryPageIsRefused) {
  SKIP_WITHOUT_SHARED_MODELS();
  const auto whole = readAll(sharedModels() + "/stories260K-h192-q4_0-pure.gguf");
  for (size_t size = 4096; size < whole.size(); size += 4096) {
    EXPECT_NE(errorOf({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)}), "")
        << size << " bytes";
  }
}

TEST(GgufFile, EmptyAndAbsentFilesAreRefused) {
  TemporaryFolder folder;
  const std::string empty = folder.write("x.gguf", "");
  EXPECT_EQ(userError([&] { loadCheckpoint(empty); }), empty + ": the file is empty or unreadable");
  EXPECT_EQ(userError([] { loadCheckpoint("/nowhere/x.gguf"); }), "/nowhere/x.gguf: no such file");
}

TEST(GgufFile, WrongMagicAndVersionAreRefused) {
  GgufWriter w = tinyModel();
  w.magic = 0x47475546;
  EXPECT_TRUE(contains(errorOf(w.bytes()), "magic: expected \"GGUF\""));
  w = tinyModel();
  w.version = 1;
  EXPECT_TRUE(contains(errorOf(w.bytes()), "version: expected 2 or 3"));
  w.version = 0x03000000;  // version 3, big-endian
  EXPECT_TRUE(contains(errorOf(w.bytes()), "version: expected 2 or 3"));
}

TEST(GgufFile, TensorBeyondTheFileIsRefused) {
  GgufWriter w = tinyModel();
  w.find("blk.0.ffn_down.weight").offset = 1 << 20;
  EXPECT_TRUE(
      contains(errorOf(w.bytes()), "blk.0.ffn_down.weight: 24576 bytes at data offset 1048576 go beyond"));
  w.find("blk.0.ffn_down.weight").offset = UINT64_MAX - 31;
  EXPECT_TRUE(contains(errorOf(w.bytes()), "go beyond the file"));
}

TEST(GgufFile, OverlappingTensorsAreRefused) {
  GgufWriter w = tinyModel();
  w.find("output_norm.weight").offset = w.offsetOf("blk.0.attn_q.weight") + 32;
  EXPECT_TRUE(contains(errorOf(w.bytes()), "tensor output_norm.weight overlaps tensor blk.0.attn_q.weight"));
}

TEST(GgufFile, MisalignedTensorIsRefused) {
  GgufWriter w = tinyModel();
  w.find("blk.0.ffn_down.weight").offset = w.offsetOf("blk.0.ffn_down.weight") + 4;
  EXPECT_TRUE(contains(errorOf(w.bytes()), "is not a multiple of 32"));
}

TEST(GgufFile, OverflowingShapeIsRefused) {
  GgufWriter w = tinyModel();
  w.find("token_embd.weight").shape = {uint64_t{1} << 33, uint64_t{1} << 33};
  EXPECT_TRUE(contains(errorOf(w.bytes()), "token_embd.weight: its shape overflows"));
  w.find("token_embd.weight").shape = {64, 0};
  EXPECT_TRUE(contains(errorOf(w.bytes()), "dimension 1 is 0"));
  w.find("token_embd.weight").shape = {8, 8, 8, 8, 8};
  EXPECT_TRUE(contains(errorOf(w.bytes()), "5 dimensions"));
}

TEST(GgufFile, UnknownQuantisationIsRefused) {
  GgufWriter w = tinyModel();
  w.find("blk.0.attn_k.weight").type = 17;
  EXPECT_TRUE(contains(errorOf(w.bytes()), "tensor blk.0.attn_k.weight: unknown quantisation 17"));
}

TEST(GgufFile, RowsMustBeWholeBlocks) {
  GgufWriter w = tinyModel();
  w.find("blk.0.attn_k.weight").type = kQ6K;
  EXPECT_TRUE(contains(errorOf(w.bytes()), "row of 64 elements, Q6_K expects a multiple of 256"));
}

TEST(GgufFile, TheSameKeyOrTensorTwiceIsRefused) {
  GgufWriter w = tinyModel();
  w.number("llama.block_count", 1);
  EXPECT_TRUE(contains(errorOf(w.bytes()), "llama.block_count: the key appears twice"));
  w = tinyModel();
  w.floats("output_norm.weight", {64}, std::vector<float>(64, 1.0f));
  EXPECT_TRUE(contains(errorOf(w.bytes()), "tensor output_norm.weight appears twice"));
}

TEST(GgufFile, CountsThatCannotFitAreRefusedBeforeAnyAllocation) {
  Bytes b;
  b.put<uint32_t>(0x46554747).put<uint32_t>(3).put(UINT64_MAX).put(UINT64_MAX);
  EXPECT_TRUE(contains(errorOf(b.get()), "do not fit into the file"));
  Bytes array;
  array.put<uint32_t>(0x46554747)
      .put<uint32_t>(3)
      .put<uint64_t>(0)
      .put<uint64_t>(1)
      .text("k")
      .put<uint32_t>(9);
  array.put<uint32_t>(6).put(UINT64_MAX / 2);
  EXPECT_TRUE(contains(errorOf(array.get()), "goes beyond the file"));
}

TEST(GgufCheckpoint, MissingTensorIsNamed) {
  GgufWriter w = tinyModel();
  w.drop("blk.0.ffn_up.weight");
  EXPECT_TRUE(contains(errorOf(w.bytes()), "tensor blk.0.ffn_up.weight is missing"));
}

TEST(GgufCheckpoint, MisshapenTensorIsNamedWithBothShapes) {
  GgufWriter w = tinyModel();
  w.drop("blk.0.ffn_up.weight");
  w.floats("blk.0.ffn_up.weight", {64, 64}, std::vector<float>(64 * 64));
  EXPECT_TRUE(contains(errorOf(w.bytes()), "blk.0.ffn_up.weight (up): 64 x 64, expected 96 x 64"));
}

TEST(GgufCheckpoint, TensorsThatAPlainLlamaLacksAreRefused) {
  GgufWriter w = tinyModel();
  w.floats("blk.0.attn_q.bias", {64}, std::vector<float>(64));
  EXPECT_TRUE(contains(errorOf(w.bytes()), "1 tensors are not part of a plain LLaMA"));
}

TEST(GgufCheckpoint, VocabularyMustAgreeWithTheEmbedding) {
  GgufWriter w = tinyModel();
  w.texts("tokenizer.ggml.tokens", {"a", "b"});
  EXPECT_EQ(errorOf(w.bytes()), "") << "what the tokenizer lacks matters where text does";
  w = tinyModel();
  w.number("llama.vocab_size", 41);
  EXPECT_TRUE(contains(errorOf(w.bytes()), "llama.vocab_size: 41 tokens, token_embd.weight has 40 rows"));
}

TEST(GgufCheckpoint, OtherArchitecturesAreRefused) {
  GgufWriter w;
  w.text("general.architecture", "qwen2");
  EXPECT_TRUE(contains(errorOf(w.bytes()), "general.architecture: expected \"llama\", found \"qwen2\""));
}

TEST(GgufCheckpoint, ShapeAndTiedEmbeddingsComeFromTheFile) {
  TemporaryFolder folder;
  GgufWriter w = tinyModel();
  w.drop("output.weight");
  w.real("llama.rope.freq_base", 5e5f);
  const Checkpoint checkpoint = loadCheckpoint(folder.write("m.gguf", w.bytes()));
  const ModelShape& shape = checkpoint.shape();
  EXPECT_EQ(shape.name, "tiny");
  EXPECT_EQ(shape.layers, 1u);
  EXPECT_EQ(shape.hidden, 64u);
  EXPECT_EQ(shape.heads, 2u);
  EXPECT_EQ(shape.kvHeads, 1u);
  EXPECT_EQ(shape.headDim, 32u);
  EXPECT_EQ(shape.mlp, 96u);
  EXPECT_EQ(shape.vocab, 40u);
  EXPECT_EQ(shape.context, 128u);
  EXPECT_EQ(shape.ropeTheta, 5e5);
  EXPECT_TRUE(shape.tiedEmbeddings);
  EXPECT_EQ(checkpoint.tensor(TensorRole::Output).name, "token_embd.weight");
}

TEST(GgufCheckpoint, RopeScalingChangesTheFrequencies) {
  TemporaryFolder folder;
  GgufWriter linear = tinyModel();
  linear.text("llama.rope.scaling.type", "linear").real("llama.rope.scaling.factor", 4.0f);
  GgufWriter factors = tinyModel();
  std::vector<float> byPair(16, 1.0f);
  byPair[3] = 8.0f;
  factors.floats("rope_freqs.weight", {16}, byPair);
  const auto plain = loadCheckpoint(folder.write("a.gguf", tinyModel().bytes())).ropeFrequencyTable();
  const auto quarter = loadCheckpoint(folder.write("b.gguf", linear.bytes())).ropeFrequencyTable();
  const auto eighth = loadCheckpoint(folder.write("c.gguf", factors.bytes())).ropeFrequencyTable();
  ASSERT_EQ(plain.size(), 16u);
  EXPECT_EQ(plain[0], 683565276u);  // 2^32 / 2 pi
  EXPECT_EQ(quarter[0], 170891319u);
  for (size_t j = 0; j < 16; ++j) EXPECT_NEAR(eighth[j], plain[j] / (j == 3 ? 8.0 : 1.0), 1.0) << j;
  GgufWriter yarn = tinyModel();
  yarn.text("llama.rope.scaling.type", "yarn");
  EXPECT_TRUE(contains(errorOf(yarn.bytes()), "llama.rope.scaling.type: expected"));
}

}  // namespace
}  // namespace pim::host::test
