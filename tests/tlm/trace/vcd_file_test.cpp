#include "tlm/trace/vcd_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/support/systemc_test.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/vcd_reader.h"
#include "tlm/trace/gtkw_file.h"

namespace pim::test {
namespace {

class VcdFile : public SystemCTest {
 protected:
  std::string write(const WaveStretch& stretch) {
    writeVcd(m_directory.path("w.vcd"), m_signals, stretch);
    return m_directory.read("w.vcd");
  }

  TemporaryFolder m_directory;
  std::vector<WaveSignal> m_signals{{"chip.die0.bank3.busy", WaveLeaf::BankBusy},
                                    {"chip.die0.bank3.sequence", WaveLeaf::BankSequence},
                                    {"chip.controller.queue.depth", WaveLeaf::QueueDepth}};
};

TEST_F(VcdFile, HoldsEachChangeAtItsTime) {
  // Times whose floating-point neighbours are other picoseconds.
  const Picoseconds t = 7'000'000'000'000'003;
  const Vcd vcd =
      readVcd(write({t, t + 100, {1, 5, 2}, {{t + 1, 0, 0}, {t + 1, 1, 0xFFFFFFFF}, {t + 100, 0, 1}}}));
  EXPECT_EQ(vcd.timescale, "1 ps");
  EXPECT_EQ(vcd.begin, t);
  EXPECT_EQ(vcd.end, t + 101);
  EXPECT_EQ(vcd.widths.at("chip.die0.bank3.sequence"), 32u);
  const auto& busy = vcd.changes.at("chip.die0.bank3.busy");
  ASSERT_EQ(busy.size(), 3u);
  EXPECT_EQ(busy[0].time, t);
  EXPECT_EQ(busy[1].time, t + 1);
  EXPECT_EQ(busy[2].time, t + 100) << "the last change, at the very end";
  EXPECT_EQ(vcd.changes.at("chip.die0.bank3.sequence").at(1).value, 0xFFFFFFFFu);
  EXPECT_EQ(vcd.changes.at("chip.controller.queue.depth").size(), 1u);
}

TEST_F(VcdFile, HasTheSameBytesEachTime) {
  const WaveStretch stretch{0, 10, {0, 0, 0}, {{0, 0, 1}, {5, 0, 0}}};
  const std::string once = write(stretch);
  sleep(1);  // another second on the clock
  EXPECT_EQ(write(stretch), once);
  EXPECT_EQ(once.find("scope module SystemC"), std::string::npos);
}

TEST_F(VcdFile, MayBeEmpty) {
  const Vcd vcd = readVcd(write({10, 10, {0, 0, 0}, {}}));
  EXPECT_EQ(vcd.begin, 10);
}

TEST_F(VcdFile, LeavesNothingWhereItCannotBeWritten) {
  EXPECT_THROW(writeVcd(m_directory.path("none/w.vcd"), m_signals, {0, 1, {0, 0, 0}, {}}),
               std::runtime_error);
  EXPECT_THROW(writeVcd("/dev/full/w.vcd", m_signals, {0, 1, {0, 0, 0}, {}}), std::runtime_error);
  EXPECT_TRUE(std::filesystem::is_empty(m_directory.path()));
}

TEST(GtkwFile, GroupsColoursAndNamesEverySignal) {
  const std::vector<WaveSignal> signals{{"chip.die0.bank3.state", WaveLeaf::BankState},
                                        {"chip.die0.bank3.busy", WaveLeaf::BankBusy},
                                        {"chip.die1.link_down.opcode", WaveLeaf::LinkOpcode}};
  const std::string text = gtkwText(signals, 5000, 9000, "w.vcd", "/d");
  for (const char* part :
       {"[dumpfile] \"/d/w.vcd\"", "[savefile] \"/d/w.gtkw\"", "[timestart] 5000", "@800200\n-die0\n",
        "@1000200\n-die0\n",
        "[color] 4\n@2024\n^1 /d/wave_bank_state.txt\n+{bank3 state} chip.die0.bank3.state[7:0]\n",
        "@28\n+{bank3 busy} chip.die0.bank3.busy\n", "^1 /d/wave_opcode.txt\n"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\nin\n" << text;
  }
}

TEST(GtkwFile, TranslatesEveryOpcode) {
  for (const auto& [name, text] : waveNameFiles(nullptr)) {
    EXPECT_FALSE(text.empty()) << name;
    if (name == "wave_opcode.txt") {
      EXPECT_NE(text.find("\n16 MAC\n"), std::string::npos);
      EXPECT_NE(text.find("\n33 RMSNORM\n"), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace pim::test
