// Files that are damaged, in every way that files get damaged: one line that names the file, exit status 2.
#include <gtest/gtest.h>

#include <functional>

#include "tests/sim/commands/pimtlm.h"
#include "tests/support/temporary_folder.h"
#include "tests/sw/host/tiny_model.h"

namespace pim::cli {
namespace {

using host::test::GgufWriter;
using host::test::tinyModel;

class BadCheckpoint : public ::testing::Test {
 protected:
  std::string write(const std::string& name, const std::vector<std::uint8_t>& bytes) const {
    const std::string path = m_directory + "/" + name;
    writeFile(path, std::string(bytes.begin(), bytes.end()));
    return path;
  }
  static Words generate(const std::string& weights) {
    return {"generate", "--weights", weights, "--prompt-ids", "1", "--generate", "2"};
  }
  /// Breaks the tiny model and expects to be refused.
  void refuse(const std::function<void(GgufWriter&)>& damage, Words mentions) const {
    GgufWriter model = tinyModel();
    damage(model);
    mentions.push_back("m.gguf");
    expectRefusal(generate(write("m.gguf", model.bytes())), mentions);
  }

  const test::TemporaryFolder m_folder;
  const std::string& m_directory = m_folder.path();
};

TEST_F(BadCheckpoint, TheModelThatIsBrokenBelowRuns) {
  EXPECT_EQ(pimtlmJson(generate(write("m.gguf", tinyModel().bytes())))["tokens"].size(), 2u);
}

TEST_F(BadCheckpoint, TruncatedAtEveryPage) {
  for (const std::string& whole :
       {readFile(PIMTLM_ADDER), readFile(write("whole.gguf", tinyModel().bytes()))}) {
    for (std::size_t bytes = 4096; bytes < whole.size(); bytes += 4096) {
      writeFile(m_directory + "/cut.gguf", whole.substr(0, bytes));
      expectRefusal(generate(m_directory + "/cut.gguf"), {"cut.gguf"});
    }
  }
}

TEST_F(BadCheckpoint, EmptyAbsentOrOfNoKind) {
  expectRefusal(generate(write("empty.gguf", {})), {"empty.gguf"});
  expectRefusal(generate(m_directory + "/absent.gguf"), {"absent.gguf"});
  expectRefusal(generate("/dev/null"), {"/dev/null"});
  expectRefusal(generate(m_directory), {m_directory});
  expectRefusal(generate(write("text.gguf", std::vector<std::uint8_t>(9000, 'x'))), {"text.gguf"});
  expectRefusal(generate(write("x.bin", std::vector<std::uint8_t>(9000, 0xFF))), {"x.bin"});
  expectRefusal(generate(write("x.safetensors", std::vector<std::uint8_t>(9000, 0xFF))), {"x.safetensors"});
}

TEST_F(BadCheckpoint, WrongMagicAndVersion) {
  refuse([](GgufWriter& m) { m.magic = 0x46554748; }, {});
  refuse([](GgufWriter& m) { m.version = 1; }, {"version"});
  refuse([](GgufWriter& m) { m.version = 0x03000000; }, {"version"});
}

TEST_F(BadCheckpoint, TensorBeyondTheFile) {
  refuse([](GgufWriter& m) { m.find("blk.0.ffn_down.weight").offset = 1u << 20; },
         {"blk.0.ffn_down.weight", "beyond"});
  refuse([](GgufWriter& m) { m.find("blk.0.ffn_down.weight").offset = ~std::uint64_t{31}; },
         {"blk.0.ffn_down.weight", "beyond"});
}

TEST_F(BadCheckpoint, OverlappingTensors) {
  refuse(
      [](GgufWriter& m) { m.find("blk.0.ffn_up.weight").offset = m.offsetOf("blk.0.ffn_gate.weight") + 32; },
      {"overlaps"});
}

TEST_F(BadCheckpoint, OverflowingShapes) {
  refuse(
      [](GgufWriter& m) {
        m.find("output.weight").shape = {std::uint64_t{1} << 40, std::uint64_t{1} << 40};
      },
      {"output.weight", "overflow"});
  refuse(
      [](GgufWriter& m) {
        m.find("output.weight").shape = {64, std::uint64_t{1} << 60};
      },
      {"output.weight"});
  refuse([](GgufWriter& m) { m.find("output.weight").shape = {64, 0}; }, {"output.weight"});
}

TEST_F(BadCheckpoint, UnknownQuantisation) {
  refuse([](GgufWriter& m) { m.find("output.weight").type = 99; },
         {"output.weight", "unknown quantisation 99"});
}

TEST_F(BadCheckpoint, ScalesAndWeightsThatAreNotFinite) {
  for (const unsigned scale : {0x7C00u, 0xFC00u, 0x7E00u}) {  // fp16: both infinities, not a number
    refuse(
        [scale](GgufWriter& m) {
          host::test::Bytes blocks;
          for (int i = 0; i < 64 * 2; ++i) {
            blocks.put(static_cast<std::uint16_t>(i == 77 ? scale : 0x2000u));
            for (int b = 0; b < 16; ++b) blocks.put<std::uint8_t>(0x5A);
          }
          m.find("blk.0.attn_q.weight").type = host::test::kQ4_0;
          m.find("blk.0.attn_q.weight").data = blocks.get();
        },
        {"blk.0.attn_q.weight", "finite"});
  }
  for (const std::uint32_t bits : {0x7F800000u, 0x7FC00000u}) {
    refuse(
        [bits](GgufWriter& m) {
          std::vector<std::uint8_t>& data = m.find("blk.0.attn_norm.weight").data;
          for (std::size_t i = 0; i < 4; ++i) data[20 + i] = static_cast<std::uint8_t>(bits >> (8 * i));
        },
        {"blk.0.attn_norm.weight"});
  }
}

TEST_F(BadCheckpoint, MissingTensor) {
  refuse([](GgufWriter& m) { m.drop("blk.0.ffn_down.weight"); }, {"blk.0.ffn_down.weight"});
  refuse([](GgufWriter& m) { m.drop("token_embd.weight"); }, {"token_embd.weight"});
}

TEST_F(BadCheckpoint, VocabularyThatDisagreesWithTheEmbedding) {
  refuse([](GgufWriter& m) { m.number("llama.vocab_size", 41); }, {"41", "40"});
  const std::string model = write("m.gguf", tinyModel().bytes());
  Words words = generate(model);
  words.insert(words.end(), {"--tokenizer", PIMTLM_ADDER});
  expectRefusal(words, {"tokens", "40", "adder"});
}

TEST_F(BadCheckpoint, DamagedTokenizers) {
  const std::string model = write("m.gguf", tinyModel().bytes());
  const std::string adder = readFile(PIMTLM_ADDER);
  for (const std::string name : {"t.model", "t.bin", "t.gguf"}) {
    writeFile(m_directory + "/" + name, "garbage of some length");
    Words words = generate(model);
    words.insert(words.end(), {"--tokenizer", m_directory + "/" + name});
    expectRefusal(words, {name});
  }
}

TEST_F(BadCheckpoint, PromptThatIsNoText) {
  const auto prompt = [](const std::string& text) {
    return Words{"generate", "--weights", PIMTLM_ADDER, "--prompt", text};
  };
  expectRefusal(prompt("1+\xFF="), {"UTF-8", "byte 2"});
  expectRefusal(prompt("\xC0\x80"), {"UTF-8"});
  expectRefusal(prompt("\xED\xA0\x80"), {"UTF-8"});
  writeFile(m_directory + "/text", "12+3\xFE");
  expectRefusal({"perplexity", "--weights", PIMTLM_ADDER, "--text", m_directory + "/text"},
                {"--text", "UTF-8", "byte 4"});
}

TEST_F(BadCheckpoint, PromptBeyondTheContext) {
  std::string ids;
  for (int i = 0; i < 40000; ++i) ids += "1 ";
  writeFile(m_directory + "/ids", ids);
  expectRefusal({"generate", "--weights", PIMTLM_ADDER, "--forced", m_directory + "/ids"},
                {"context of at most", "adder"});
  expectRefusal({"generate", "--weights", PIMTLM_ADDER, "--prompt-ids", "1,2", "--generate", "100000"},
                {"context of at most"});
}

TEST_F(BadCheckpoint, IdsThatAreNoTokens) {
  for (const char* ids : {"1,x", "-1", "", "99999999999999999999", "40"}) {
    const std::string model = write("m.gguf", tinyModel().bytes());
    expectRefusal({"generate", "--weights", model, "--prompt-ids", ids}, {"--prompt-ids"});
  }
}

}  // namespace
}  // namespace pim::cli
