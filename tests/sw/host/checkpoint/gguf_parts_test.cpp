#include <gtest/gtest.h>

#include "sw/host/checkpoint/checkpoint.h"
#include "sw/host/quantise/quantize.h"
#include "tests/sw/host/test_files.h"
#include "tests/sw/host/tiny_model.h"

namespace pim::host::test {
namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// The tiny model in two files, the head alone in the second.
class SplitModel : public ::testing::Test {
 protected:
  SplitModel() {
    m_second.number("split.no", 1).number("split.count", 2).number("split.tensors.count", 12);
    const auto head = m_first.find("output.weight");
    m_second.tensor(head.name, head.shape, head.type, head.data);
    m_first.drop("output.weight");
    m_first.number("split.no", 0).number("split.count", 2).number("split.tensors.count", 12);
  }
  std::string writeBoth() const {
    m_folder.write("m-00002-of-00002.gguf", m_second.bytes());
    return m_folder.write("m-00001-of-00002.gguf", m_first.bytes());
  }
  static std::string error(const std::string& path) {
    return userError([&] { loadCheckpoint(path); });
  }

  GgufWriter m_first = tinyModel(), m_second;
  TemporaryFolder m_folder;
};

TEST_F(SplitModel, IsTheWholeModel) {
  const Checkpoint split = loadCheckpoint(writeBoth());
  const Checkpoint whole = loadCheckpoint(m_folder.write("whole.gguf", tinyModel().bytes()));
  EXPECT_FALSE(split.shape().tiedEmbeddings);
  std::vector<float> a(64), b(64);
  for (const TensorRole role : {TensorRole::TokenEmbedding, TensorRole::Output, TensorRole::Query}) {
    for (uint64_t row = 0; row < 40; ++row) {
      split.tensor(role).readRow(row, a.data());
      whole.tensor(role).readRow(row, b.data());
      ASSERT_EQ(a, b) << roleName(role) << ' ' << row;
    }
  }
}

TEST_F(SplitModel, IsRefusedWithoutItsOtherPart) {
  const std::string path = writeBoth();
  std::filesystem::remove(m_folder.path("m-00002-of-00002.gguf"));
  EXPECT_TRUE(contains(error(path), "split.count: expected 2 parts")) << error(path);
}

TEST_F(SplitModel, IsNamedByItsFirstPart) {
  writeBoth();
  const std::string second = error(m_folder.path("m-00002-of-00002.gguf"));
  EXPECT_TRUE(contains(second, "split.no: part 2 of 2; expected the first")) << second;
}

TEST_F(SplitModel, IsFoundByTheNamesOfItsParts) {
  const std::string renamed = m_folder.write("renamed.gguf", m_first.bytes());
  EXPECT_TRUE(contains(error(renamed), "expected a name that ends in -00001-of-00002.gguf"))
      << error(renamed);
}

TEST_F(SplitModel, HasAsManyTensorsAsItSays) {
  GgufWriter lone = tinyModel();
  lone.drop("output.weight");
  lone.number("split.tensors.count", 12);
  const std::string path = m_folder.write("lone.gguf", lone.bytes());
  EXPECT_TRUE(contains(error(path), "split.tensors.count: expected 12 tensors, found 11")) << error(path);
}

TEST_F(SplitModel, RefusesPartsOfAnotherModelAndWildCounts) {
  const std::string path = writeBoth();
  m_folder.write("m-00002-of-00002.gguf", tinyModel().bytes());
  EXPECT_TRUE(contains(error(path), "expected part 2 of 2")) << error(path);
  GgufWriter wild = tinyModel();
  wild.number("split.count", 4000000000u);
  EXPECT_TRUE(contains(error(m_folder.write("wild.gguf", wild.bytes())), "split.count: expected 1..65535"));
}

TEST(GgufNotices, SayWhatIsAbsentTiedOrNotUsed) {
  TemporaryFolder folder;
  const auto noticesOf = [&](const GgufWriter& model) {
    std::string text;
    const Checkpoint checkpoint = loadCheckpoint(folder.write("m.gguf", model.bytes()));
    for (const std::string& line : checkpoint.notices()) text += line + '\n';
    return text;
  };
  GgufWriter model = tinyModel();
  EXPECT_TRUE(contains(noticesOf(model), "not given: llama.rope.freq_base is taken as 10000"));
  model.real("llama.rope.freq_base", 10000.0f);
  EXPECT_EQ(noticesOf(model), "");
  model.real("llama.logit_scale", 0.5f).flag("tokenizer.ggml.add_eos_token", true);
  EXPECT_TRUE(contains(noticesOf(model), "not used: llama.logit_scale, tokenizer.ggml.add_eos_token\n"));
  model.drop("output.weight");
  EXPECT_TRUE(contains(noticesOf(model), "no tensor output.weight"));
}

TEST(GgufNotices, LinearScalingNeedsItsFactor) {
  TemporaryFolder folder;
  GgufWriter model = tinyModel();
  model.text("llama.rope.scaling.type", "linear");
  EXPECT_TRUE(contains(userError([&] { loadCheckpoint(folder.write("m.gguf", model.bytes())); }),
                       "llama.rope.scaling.factor: the key is missing"));
}

TEST(OtherFormats, AreNamed) {
  TemporaryFolder folder;
  const auto error = [&](std::vector<uint8_t> begin) {
    begin.resize(4096);
    return userError([&] { loadCheckpoint(folder.write("x.bin", begin)); });
  };
  EXPECT_TRUE(contains(error({0x32, 0x34, 0x6b, 0x61, 1, 0, 0, 0}), "legacy format"))
      << error({0x32, 0x34, 0x6b, 0x61, 1});
  EXPECT_TRUE(contains(error({'P', 'K', 3, 4}), "zip archive"));
  EXPECT_TRUE(contains(error({'t', 'j', 'g', 'g'}), "before GGUF"));
  EXPECT_TRUE(contains(error({1, 2, 3, 4}), "expected a llama2.c checkpoint"));
}

}  // namespace
}  // namespace pim::host::test
