#include "tlm/rtl/alu_check.h"

#include <gmock/gmock.h>

#include <cstring>
#include <filesystem>

#include "core/arith/sample.h"
#include "tests/support/temporary_folder.h"

namespace pim::test {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class FlatMemory : public AluMemory {
 public:
  void read(std::uint32_t address, void* to, std::uint32_t bytes) override {
    std::memcpy(to, m_bytes.data() + address, bytes);
  }
  void write(std::uint32_t address, const void* from, std::uint32_t bytes) override {
    std::memcpy(m_bytes.data() + address, from, bytes);
  }

 private:
  std::vector<std::uint8_t> m_bytes = std::vector<std::uint8_t>(4 * kMaxSampledLogits + 4, 0x11);
};

class AluCheckTest : public ::testing::Test {
 protected:
  static pim_command embed(std::uint8_t weightBits) {
    pim_command command{};
    command.opcode = PIM_OP_EMBED;
    pim_alu& alu = command.body.alu;
    alu.src2 = 1024;
    alu.dst = 4096;
    alu.rows = 1;
    alu.count = 256;
    alu.group = 32;
    alu.weight_bits = weightBits;
    alu.scale_bits = 16;
    return command;
  }
  std::string run(const pim_command& command) {
    try {
      m_check.run(command, m_memory);
      return "";
    } catch (const RtlMismatch& mismatch) {
      return mismatch.what();
    }
  }

  TemporaryFolder m_directory;
  std::string m_wave = m_directory.path("wave.vcd");
  AluCheck m_check{AluModel::Memory{}, RtlStalls{}, m_wave};
  FlatMemory m_memory;
};

TEST_F(AluCheckTest, CountsWhatItCompares) {
  EXPECT_EQ(run(embed(4)), "");
  EXPECT_EQ(run(embed(4)), "");
  const RtlWork work = m_check.work();
  EXPECT_EQ(work.block, "alu");
  EXPECT_TRUE(work.compared);
  EXPECT_EQ(work.commands, (std::map<std::uint8_t, std::uint64_t>{{PIM_OP_EMBED, 2}}));
  EXPECT_GT(work.cycles, 0);
  EXPECT_TRUE(fs::is_empty(m_directory.path())) << "a waveform of nothing";
}

// A row of logits need not fit the row buffers.
TEST_F(AluCheckTest, DrawsFromTheLargestVocabulary) {
  pim_command command{};
  command.opcode = PIM_OP_SAMPLE;
  pim_alu& alu = command.body.alu;
  alu.count = kMaxSampledLogits;
  alu.dst = 4 * kMaxSampledLogits;
  alu.multiplier = 32768;
  alu.multiplier_shift = 62;  // all weigh the same
  alu.src3 = 0xffffffff;
  const auto drawn = [&](std::uint32_t topP) {
    alu.top_p = topP;
    EXPECT_EQ(run(command), "");
    std::uint32_t id = 0;
    m_memory.read(alu.dst, &id, sizeof id);
    return id;
  };
  EXPECT_EQ(drawn(65536), kMaxSampledLogits - 1);
  EXPECT_EQ(drawn(1), 1u);  // a 65536th of them: two
  EXPECT_EQ(m_check.rtl().cycles().compute, 19 * 8 + 16 + 32);
}

// pim_alu knows tables of 4 bits only, the model others too.
TEST_F(AluCheckTest, ADifferenceEndsTheRunWithAMessageAndAWaveform) {
  ASSERT_EQ(run(embed(4)), "");
  const std::string message = run(embed(16));
  EXPECT_THAT(message, AllOf(StartsWith("RTL and model differ: alu: command 2, EMBED (flags 0, "),
                             HasSubstr("count 256"), HasSubstr("weight_bits 16"), HasSubstr("): "),
                             HasSubstr(": expected "), HasSubstr(", got "), HasSubstr(", cycle "),
                             HasSubstr("; waveform: " + m_wave)));
  EXPECT_THAT(m_directory.read("wave.vcd"),
              AllOf(HasSubstr("$enddefinitions"), HasSubstr("request_valid_o")));
  EXPECT_THAT(m_directory.read("wave.gtkw"),
              AllOf(HasSubstr("wave.vcd\"\n[savefile] \"/"), HasSubstr("@22\nTOP.request_address_o[31:0]\n"),
                    HasSubstr("@28\nTOP.done_o\n")));
}

TEST_F(AluCheckTest, GoesOnFromWhereItWasForTheWaveform) {
  AluModel alu;
  const std::int64_t first = alu.run(embed(4), m_memory);
  AluModel::Snapshot snapshot;
  alu.save(snapshot);
  const std::int64_t end = (alu.run(embed(4), m_memory), alu.now());
  alu.restore(snapshot);
  EXPECT_EQ(alu.run(embed(4), m_memory), first);
  EXPECT_EQ(alu.now(), end);
}

}  // namespace
}  // namespace pim::test
