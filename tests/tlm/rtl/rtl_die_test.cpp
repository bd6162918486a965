#include "tlm/rtl/rtl_die.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <numeric>

#include "tests/support/temporary_folder.h"

namespace pim {
namespace {

constexpr std::uint32_t kBanks = 4;
constexpr auto kOffset = static_cast<std::uint32_t>(BankAddress::kBram + 64);

std::vector<std::uint8_t> someBytes(std::size_t count) {
  std::vector<std::uint8_t> bytes(count);
  std::iota(bytes.begin(), bytes.end(), std::uint8_t{7});
  return bytes;
}

/// An access and what a correct model says of it.
struct Said {
  DieAccess access;
  DieAnswer answer;
  std::vector<DieBankAccess> asked;
};

/// 100 bytes to banks 0 and 2: four beats and two cycles of hop.
Said broadcast() {
  Said said;
  said.access = {true, DieAddress::broadcast(0b101, kOffset), 1, 100, someBytes(100), {}};
  said.answer.cycles = 6;
  for (const std::uint32_t bank : {0u, 2u}) {
    said.asked.push_back({DieBankAccess::Kind::Write, bank, kOffset, someBytes(100), {}, BusError::None});
  }
  return said;
}

/// 40 bytes of each of banks 1 and 3, the second of which refuses.
Said gather() {
  Said said;
  said.access = {false, DieAddress::gather(0b1010, kOffset), 2, 40, {}, {}};
  said.answer = {BusError::Address, 6, someBytes(80), std::vector<std::uint8_t>(80, 1)};
  said.asked.push_back({DieBankAccess::Kind::Read, 1, kOffset, someBytes(40), {}, BusError::None});
  said.asked.push_back({DieBankAccess::Kind::Read, 3, kOffset, someBytes(40), {}, BusError::Address});
  std::fill(said.answer.strobes.begin() + 40, said.answer.strobes.end(), 0);
  return said;
}

Said doorbell() {
  Said said;
  said.access = {true, DieAddress::bank(1, 0), 1, PIM_COMMAND_BYTES, someBytes(PIM_COMMAND_BYTES), {}};
  said.answer.cycles = 2;
  said.asked.push_back({DieBankAccess::Kind::Command, 1, 0, said.access.data, {}, BusError::None});
  return said;
}

/// What RtlDie says, if anything, of `said` after `change`.
std::string mismatchOf(Said said, const std::function<void(Said&)>& change) {
  RtlDie die("die 5", kBanks, false);
  change(said);
  try {
    die.compare(said.access, said.answer, said.asked);
  } catch (const RtlMismatch& mismatch) {
    return mismatch.what();
  }
  return "";
}

TEST(RtlDie, AgreesWithACorrectModel) {
  RtlDie die("die 5", kBanks, false);
  for (const Said& said : {broadcast(), gather(), doorbell()})
    die.compare(said.access, said.answer, said.asked);
  EXPECT_EQ(die.work().accesses, 3u);
}

TEST(RtlDie, StallsChangeNothingThatIsCompared) {
  RtlDie die("die 5", kBanks, false, RtlStalls{50, 3});
  for (int i = 0; i < 20; ++i) {
    for (const Said& said : {broadcast(), gather()}) die.compare(said.access, said.answer, said.asked);
  }
}

TEST(RtlDie, NamesBlockRequestFieldBothValuesAndCycle) {
  EXPECT_EQ(mismatchOf(broadcast(), [](Said& said) { said.answer.cycles = 7; }),
            "RTL and model differ: die 5: access 1, write of 1 x 100 bytes at 0x40000001600040: cycles: "
            "expected 7, "
            "got 6, cycle 7");
}

TEST(RtlDie, StopsAtWhateverDiffers) {
  const auto differs = [](const Said& said, const std::function<void(Said&)>& change) {
    const std::string text = mismatchOf(said, change);
    const std::size_t access = text.find("access 1, ");
    if (access == std::string::npos) return text;
    const std::size_t from = text.find(": ", access) + 2;
    return text.substr(from, text.rfind(", cycle") - from);
  };
  EXPECT_EQ(differs(broadcast(), [](Said& said) { said.answer.error = BusError::Burst; }),
            "error: expected burst, got none");
  EXPECT_EQ(differs(broadcast(), [](Said& said) { said.asked[1].bytes[99] ^= 1; }),
            "write of bank 2, byte 99: expected 0x6b, got 0x6a");
  EXPECT_EQ(
      differs(broadcast(), [](Said& said) { said.asked[1].offset += 32; }),
      "access to bank 2: expected write of 100 bytes at offset 0x200060, got write of 100 bytes at offset "
      "0x200040");
  EXPECT_EQ(differs(broadcast(), [](Said& said) { said.asked.pop_back(); }),
            "access to bank 2: expected none, got write of 100 bytes at offset 0x200040");
  EXPECT_EQ(differs(broadcast(),
                    [](Said& said) {
                      said.asked.push_back(said.asked[0]);
                      said.asked.back().bank = 3;
                    }),
            "write of bank 3: expected at offset 0x200040, got none");
  EXPECT_EQ(differs(gather(), [](Said& said) { said.answer.data[39] ^= 0x80; }),
            "answer, byte 39: expected 0xae, got 0x2e");
  EXPECT_EQ(differs(gather(), [](Said& said) { said.answer.strobes[40] = 1; }),
            "answer, strobe of byte 40: expected 1, got 0");
  EXPECT_EQ(
      differs(doorbell(), [](Said& said) { said.asked[0].kind = DieBankAccess::Kind::Write; }),
      "access to bank 1: expected write of 128 bytes at offset 0x0, got command of 128 bytes at offset 0x0");
}

TEST(RtlDie, LeavesAWaveformOfTheLastEdges) {
  const test::TemporaryFolder folder;
  const std::string wave = folder.path("die.vcd");
  RtlDie die("die 5", kBanks, false, RtlStalls{}, wave);
  Said said = broadcast();
  for (int i = 0; i < 300; ++i)
    die.compare(said.access, said.answer, said.asked);  // more than a segment of edges
  said.answer.cycles = 7;
  std::string text;
  try {
    die.compare(said.access, said.answer, said.asked);
  } catch (const RtlMismatch& mismatch) {
    text = mismatch.what();
  }
  EXPECT_NE(text.find("; waveform: " + wave), std::string::npos) << text;
  const std::string vcd = folder.read("die.vcd");
  EXPECT_NE(vcd.find("in_done_o"), std::string::npos);
  // To the last edge: the cycle that the text names, an edge being a nanosecond.
  const std::string cycle =
      text.substr(text.rfind(", cycle ") + 8, text.find(';') - text.rfind(", cycle ") - 8);
  EXPECT_NE(vcd.find("#" + cycle + "000\n"), std::string::npos) << cycle;
  EXPECT_FALSE(folder.read("die.gtkw").empty());
}

TEST(RtlDie, GoesOnAsIfNothingHadBeenShown) {
  const test::TemporaryFolder folder;
  RtlDie plain("die 5", kBanks, false), shown("die 5", kBanks, false, RtlStalls{}, folder.path("die.vcd"));
  shown.compare(gather().access, gather().answer, gather().asked);
  plain.compare(gather().access, gather().answer, gather().asked);
  DieAnswer wrong = gather().answer;
  wrong.cycles += 1;
  EXPECT_THROW(shown.compare(gather().access, wrong, gather().asked), RtlMismatch);
  plain.compare(gather().access, gather().answer, gather().asked);
  for (RtlDie* die : {&plain, &shown})
    die->compare(broadcast().access, broadcast().answer, broadcast().asked);
  EXPECT_EQ(shown.elapsed(), plain.elapsed());
}

// Verilator takes scopes off the context used last: with several blocks in turn that was another one's, which
// hung.
TEST(RtlDie, BlocksEndInAnyOrder) {
  auto first = std::make_unique<RtlDie>("die 0", kBanks, false);
  auto second = std::make_unique<RtlDie>("die 1", kBanks, false);
  first->compare(broadcast().access, broadcast().answer, broadcast().asked);
  first.reset();
  second->compare(broadcast().access, broadcast().answer, broadcast().asked);
  auto third = std::make_unique<RtlDie>("die 2", kBanks, false);
  second.reset();
  third->compare(broadcast().access, broadcast().answer, broadcast().asked);
}

/// A gather that begins a cycle after a broadcast, but was asked for before it.
DieSchedule::Seen seenBesideEachOther(std::int64_t gatherDone, std::uint8_t lastByteSent) {
  DieSchedule schedule(kBanks, false);
  schedule.add({gather().access, gather().asked, 101, gatherDone});
  Said sent = broadcast();
  sent.asked[1].bytes.back() = lastByteSent;
  schedule.add({sent.access, sent.asked, 100, 106});
  return schedule.replay();
}

TEST(DieSchedule, GivesAccessesToTheRtlInTheOrderOfTime) {
  const DieSchedule::Seen seen = seenBesideEachOther(107, someBytes(100).back());
  EXPECT_EQ(seen.accesses, 2u);
  EXPECT_EQ(seen.overlapping, 1u);
  EXPECT_EQ(seen.later + seen.earlier, 0u);
  EXPECT_EQ(seen.wrong, 0u);
}

TEST(DieSchedule, SeesWhatArrivesAtAnotherTimeOrWithOtherData) {
  const DieSchedule::Seen seen = seenBesideEachOther(105, 0);
  EXPECT_EQ(seen.later, 1u);
  EXPECT_EQ(seen.cyclesLater, 2);
  EXPECT_EQ(seen.worst, 2);
  EXPECT_EQ(seen.wrong, 1u);
  EXPECT_EQ(seenBesideEachOther(110, 0).earlier, 1u);
}

}  // namespace
}  // namespace pim
