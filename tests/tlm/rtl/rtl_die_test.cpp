#include "tlm/rtl/rtl_die.h"

#include <gtest/gtest.h>

#include <functional>
#include <numeric>

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
  said.access.data[1] = PIM_FLAG_IRQ;
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
  EXPECT_FALSE(die.interrupt());
  die.completeCommands(0b10);
  EXPECT_TRUE(die.interrupt());
}

TEST(RtlDie, StallsChangeNothingThatIsCompared) {
  RtlDie die("die 5", kBanks, false, RtlStalls{50, 3});
  for (int i = 0; i < 20; ++i) {
    for (const Said& said : {broadcast(), gather()}) die.compare(said.access, said.answer, said.asked);
  }
}

TEST(RtlDie, NamesBlockRequestFieldBothValuesAndCycle) {
  EXPECT_EQ(mismatchOf(broadcast(), [](Said& said) { said.answer.cycles = 7; }),
            "die 5, access 1, write of 1 x 100 bytes at 0x40000001600040: cycles: expected 7, actual 6, "
            "cycle 7");
}

TEST(RtlDie, StopsAtWhateverDiffers) {
  const auto differs = [](const Said& said, const std::function<void(Said&)>& change) {
    const std::string text = mismatchOf(said, change);
    const std::size_t from = text.find(": ");
    return from == std::string::npos ? text : text.substr(from + 2, text.rfind(", cycle") - from - 2);
  };
  EXPECT_EQ(differs(broadcast(), [](Said& said) { said.answer.error = BusError::Burst; }),
            "error: expected burst, actual none");
  EXPECT_EQ(differs(broadcast(), [](Said& said) { said.asked[1].bytes[99] ^= 1; }),
            "write of bank 2, byte 99: expected 0x6b, actual 0x6a");
  EXPECT_EQ(differs(broadcast(), [](Said& said) { said.asked[1].offset += 32; }),
            "bank 2: expected write of 100 bytes at offset 0x200060, actual write of 100 bytes at offset "
            "0x200040");
  EXPECT_EQ(differs(broadcast(), [](Said& said) { said.asked.pop_back(); }),
            "bank 2: expected nothing, actual write of 100 bytes at offset 0x200040");
  EXPECT_EQ(differs(broadcast(),
                    [](Said& said) {
                      said.asked.push_back(said.asked[0]);
                      said.asked.back().bank = 3;
                    }),
            "write of bank 3: expected at offset 0x200040, actual none");
  EXPECT_EQ(differs(gather(), [](Said& said) { said.answer.data[39] ^= 0x80; }),
            "answer, byte 39: expected 0xae, actual 0x2e");
  EXPECT_EQ(differs(gather(), [](Said& said) { said.answer.strobes[40] = 1; }),
            "answer, strobe of byte 40: expected 1, actual 0");
  EXPECT_EQ(differs(doorbell(), [](Said& said) { said.asked[0].kind = DieBankAccess::Kind::Write; }),
            "bank 1: expected write of 128 bytes at offset 0x0, actual command of 128 bytes at offset 0x0");
}

TEST(RtlDie, StopsAtAnInterruptThatNobodyExpects) {
  RtlDie die("die 5", kBanks, false);
  const Said said = doorbell();
  die.compare(said.access, said.answer, said.asked);
  die.compareInterrupt(false);
  die.completeCommands(0b10);
  EXPECT_THROW(die.compareInterrupt(false), RtlMismatch);
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
