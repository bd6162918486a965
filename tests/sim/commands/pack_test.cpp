// `pimtlm pack`: what it writes runs like the checkpoint it was made of, and nothing else is taken for it.
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>

#include "tests/sim/commands/pimtlm.h"
#include "tests/support/temporary_folder.h"

namespace pim::cli {
namespace {

constexpr std::size_t kAlignment = 1u << 16;  // of sections

class Pack : public ::testing::Test {
 protected:
  void SetUp() override {
    const Outcome run = pack();
    ASSERT_EQ(run.status, 0) << run.err;
  }

  Outcome pack(const Words& more = {}) const {
    Words words{"pack", "--weights", PIMTLM_ADDER, "--image", m_image, "--quiet"};
    words.insert(words.end(), more.begin(), more.end());
    return pimtlm(words);
  }
  static Words generate(const std::string& weights, const Words& more = {}) {
    Words words{"generate", "--weights", weights, "--prompt", "1234+5678=", "--generate", "8"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  std::string damaged(std::size_t at) const {
    std::string bytes = readFile(m_image);
    bytes[at] = static_cast<char>(bytes[at] ^ 1);
    writeFile(m_directory + "/damaged.pim", bytes);
    return m_directory + "/damaged.pim";
  }

  const test::TemporaryFolder m_folder;
  const std::string& m_directory = m_folder.path();
  const std::string m_image = m_folder.path("adder.pim");
};

TEST_F(Pack, RunsLikeTheCheckpointToThePicosecond) {
  auto direct = pimtlmJson(generate(PIMTLM_ADDER));
  auto packed = pimtlmJson(generate(m_image));
  EXPECT_EQ(packed["answer"], "6912");
  direct.erase("host");
  packed.erase("host");
  EXPECT_EQ(packed, direct);
}

TEST_F(Pack, LeavesTheImageAsItIs) {
  const std::string before = readFile(m_image);
  pimtlmJson(generate(m_image));
  EXPECT_EQ(readFile(m_image), before) << "the cache is written to memory, not to the file";
}

TEST_F(Pack, WritesTheSameBytesAgain) {
  const std::string before = readFile(m_image);
  ASSERT_EQ(pack().status, 0);
  EXPECT_EQ(readFile(m_image), before);
}

TEST_F(Pack, MayKeepTheEmbeddingInTheBanks) {
  const Words banks{"--set", "mapping.embedding=banks"};
  ASSERT_EQ(pack(banks).status, 0);
  EXPECT_EQ(pimtlmJson(generate(m_image, banks))["answer"], "6912");
}

TEST_F(Pack, TakesFormatsThatMoveNoWeight) {
  EXPECT_EQ(pimtlmJson(generate(m_image, {"--set", "kv.bits=8"}))["tokens"],
            pimtlmJson(generate(PIMTLM_ADDER, {"--set", "kv.bits=8"}))["tokens"]);
}

TEST_F(Pack, IsRefusedByAnotherChip) {
  expectRefusal(generate(m_image, {"--set", "chip.dies=4"}), {m_image, "chip.dies 8 (here 4)", "pack"});
  expectRefusal(generate(m_image, {"--set", "mapping.fuse_qkv=off"}),
                {m_image, "mapping.fuse_qkv 1 (here 0)"});
  expectRefusal(generate(m_image, {"--set", "mapping.weights=2d"}),
                {m_image, "mapping.column_parts 1 (here 8)"});
}

TEST_F(Pack, KnowsEveryByteOfASmallImage) {
  const std::size_t size = readFile(m_image).size();
  for (std::size_t at = 0; at < size; at += 13 * kAlignment)
    expectRefusal(generate(damaged(at + 5)), {"damaged.pim"});
  expectRefusal(generate(damaged(0)), {"damaged.pim"});
  expectRefusal(generate(damaged(9)), {"damaged.pim", "version"});
  expectRefusal(generate(damaged(40)), {"damaged.pim", "checksum"});
  expectRefusal(generate(damaged(kAlignment + 3)), {"damaged.pim", "checksum"});
  const std::size_t lastBank = size - kAlignment;
  expectRefusal({"pack", "--verify", "--image", damaged(lastBank)},
                {"damaged.pim", "weights of bank", "checksum"});
}

TEST_F(Pack, KnowsATruncatedImage) {
  const std::string whole = readFile(m_image);
  const std::string cut = m_directory + "/cut.pim";
  for (std::size_t bytes = 4096; bytes < whole.size();
       bytes += bytes < 2 * kAlignment ? 4096 : 5 * kAlignment) {
    writeFile(cut, whole.substr(0, bytes));
    expectRefusal(generate(cut), {"cut.pim", "bytes"});
  }
  writeFile(cut, whole.substr(0, 20));
  expectRefusal(generate(cut), {"cut.pim", "too short"});
}

TEST_F(Pack, VerifiesAnImage) {
  const Outcome run = pimtlm({"pack", "--verify", "--image", m_image});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_NE(run.out.find("as they were written"), std::string::npos);
}

TEST_F(Pack, LeavesNothingHalfWritten) {
  expectRefusal({"pack", "--weights", PIMTLM_ADDER, "--image", "/nonexistent/x.pim"}, {"/nonexistent/x.pim"});
  expectRefusal({"pack", "--weights", PIMTLM_ADDER, "--image", m_directory}, {m_directory, "directory"});
  expectRefusal({"pack", "--weights", m_image, "--image", m_directory + "/y.pim"},
                {"--weights", "packed already"});
  expectRefusal({"pack", "--weights", m_directory + "/none.gguf", "--image", m_directory + "/y.pim"},
                {"none.gguf"});
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(m_directory)) files += entry.is_regular_file();
  EXPECT_EQ(files, 1u);
}

}  // namespace
}  // namespace pim::cli
