#include <gtest/gtest.h>

#include <optional>

#include "tests/core/riscv/bare_machine.h"
#include "tests/core/riscv/encode.h"

namespace {

using namespace pim::riscv;
using namespace pim::riscv::test;

constexpr std::uint32_t kBase = 0x80000000, kBytes = 0x1000, kHandler = kBase + 0x100;
constexpr Word kMstatus = 0x300, kMie = 0x304, kMtvec = 0x305, kMcycle = 0xB00;

struct HartTest : testing::Test {
  /// Runs the words from kBase on until the hart waits or is lost.
  Stop run(const std::vector<Word>& words, const CycleTable& table = {}) {
    machine.emplace(kBase, kBytes, table);
    machine->writeWords(kBase, words);
    machine->hart.reset(kBase);
    return machine->hart.run(100000);
  }
  Hart& hart() { return machine->hart; }
  void expectLost(Cause cause, std::uint32_t pc, std::uint32_t value) {
    EXPECT_EQ(hart().lost().cause, static_cast<std::uint32_t>(cause));
    EXPECT_EQ(hart().lost().pc, pc);
    EXPECT_EQ(hart().lost().value, value);
  }

  std::optional<BareMachine> machine;
};

TEST_F(HartTest, AnInstructionThatIsNoneTrapsWithItsBits) {
  EXPECT_EQ(run({addi(1, 0, 5), 0xFFFFFFFF}), Stop::Lost);
  expectLost(Cause::IllegalInstruction, kBase + 4, 0xFFFFFFFF);
  EXPECT_EQ(hart().instructions(), 1u);
}

TEST_F(HartTest, ZerosAreIllegal) {
  run({0});
  expectLost(Cause::IllegalInstruction, kBase, 0);
}

TEST_F(HartTest, AccessesOfNothingTrapWithTheirAddress) {
  run({lui(1, 0x1000), lw(2, 4, 1)});
  expectLost(Cause::LoadAccessFault, kBase + 4, 0x1004);
  run({lui(1, 0x1000), sw(2, 8, 1)});
  expectLost(Cause::StoreAccessFault, kBase + 4, 0x1008);
  run({lui(1, 0x1000), jalr(0, 2, 1)});
  expectLost(Cause::InstructionAccessFault, 0x1002, 0x1002);
}

TEST_F(HartTest, AnInstructionThatEndsBehindTheMemoryCannotBeFetched) {
  machine.emplace(kBase, kBytes);
  machine->write(kBase + kBytes - 4, std::string("\x01\x00\x13\x00", 4));  // c.nop, half of an addi
  machine->hart.reset(kBase + kBytes - 4);
  EXPECT_EQ(hart().run(100), Stop::Lost);
  expectLost(Cause::InstructionAccessFault, kBase + kBytes - 2, kBase + kBytes - 2);
}

TEST_F(HartTest, MisalignedAccessesAreDividedOrTrapAsTheCoreSays) {
  const std::vector<Word> words{auipc(1, 0), lw(2, 1, 1), kEbreak};
  run(words);
  expectLost(Cause::Breakpoint, kBase + 8, kBase + 8);
  EXPECT_EQ(hart().x(2), words[0] >> 8 | words[1] << 24);
  CycleTable strict;
  strict.misaligned = false;
  run(words, strict);
  expectLost(Cause::LoadMisaligned, kBase + 4, kBase + 1);
  run({auipc(1, 0), typeS(3, 2, 1, 1)}, strict);
  expectLost(Cause::StoreMisaligned, kBase + 4, kBase + 3);
}

TEST_F(HartTest, AtomicsNeverDivide) {
  run({auipc(1, 0), addi(1, 1, 2), typeR(0, 2, 1, 2, 3, 0x2F)});
  expectLost(Cause::StoreMisaligned, kBase + 8, kBase + 2);
  run({auipc(1, 0), addi(1, 1, 2), typeR(2 << 2, 0, 1, 2, 3, 0x2F)});
  expectLost(Cause::LoadMisaligned, kBase + 8, kBase + 2);
}

TEST_F(HartTest, AHandlerSeesTheTrapAndReturnsBehindIt) {
  machine.emplace(kBase, kBytes);
  machine->writeWords(kBase, {auipc(1, 0), addi(1, 1, 0x100), csr(1, 0, kMtvec, 1), csr(6, 0, kMstatus, 8),
                              kEcall, addi(7, 0, 7), kWfi});
  machine->writeWords(kHandler, {csr(2, 2, 0x342, 0), csr(2, 3, 0x341, 0), csr(2, 4, kMstatus, 0),
                                 addi(3, 3, 4), csr(1, 0, 0x341, 3), kMret});
  hart().reset(kBase);
  EXPECT_EQ(hart().run(1000), Stop::Waiting);
  EXPECT_EQ(hart().x(2), 11u);
  EXPECT_EQ(hart().x(3), kBase + 20);
  EXPECT_EQ(hart().x(4), kMstatusMpp | kMstatusMpie) << "interrupts are off in the handler";
  EXPECT_EQ(hart().x(7), 7u);
  EXPECT_EQ(hart().csrs().mstatus, kMstatusMpp | kMstatusMpie | kMstatusMie);
}

TEST_F(HartTest, WaitingEndsWithAnInterruptThatIsEnabledAtItsSource) {
  const Word enable = csr(2, 0, kMie, 1);
  const std::vector<Word> words{lui(1, 0x1000), addi(1, 1, -0x800), enable, kWfi, addi(2, 2, 1), kWfi,
                                kEbreak};
  EXPECT_EQ(run(words), Stop::Waiting);
  EXPECT_EQ(hart().x(2), 0u);
  EXPECT_EQ(hart().run(2000000), Stop::Waiting) << "still";
  hart().setInterrupt(true);
  EXPECT_EQ(hart().run(2000000), Stop::Lost) << "the second WFI does not wait: the line is up";
  EXPECT_EQ(hart().x(2), 1u);
  expectLost(Cause::Breakpoint, kBase + 24, kBase + 24);
}

TEST_F(HartTest, AnInterruptGoesToItsVector) {
  machine.emplace(kBase, kBytes);
  machine->writeWords(
      kBase, {auipc(1, 0), addi(1, 1, 0x101), csr(1, 0, kMtvec, 1), lui(2, 0x1000), addi(2, 2, -0x800),
              csr(1, 0, kMie, 2), csr(6, 0, kMstatus, 8), addi(3, 3, 1), typeJ(-4, 0)});
  machine->writeWords(kHandler + 4 * 11, {csr(2, 4, 0x342, 0), csr(2, 5, 0x341, 0), kEbreak});
  hart().reset(kBase);
  EXPECT_EQ(hart().run(200), Stop::Budget);
  const std::uint32_t loops = hart().x(3);
  EXPECT_GT(loops, 10u);
  hart().setInterrupt(true);
  hart().run(220);
  EXPECT_EQ(hart().x(4), 0x8000000Bu);
  EXPECT_EQ(hart().x(5) & ~4u, (kBase + 28) & ~4u) << "within the loop";
}

TEST_F(HartTest, RegistersThatDoNotExistOrCannotBeWrittenAreIllegal) {
  run({csr(2, 1, 0x123, 0)});
  expectLost(Cause::IllegalInstruction, kBase, csr(2, 1, 0x123, 0));
  run({csr(2, 1, 0xF14, 0), csr(1, 0, 0xF14, 1)});
  expectLost(Cause::IllegalInstruction, kBase + 4, csr(1, 0, 0xF14, 1));
}

TEST_F(HartTest, TheFirstTrapIsReportedWhereTheHandlerCannotBeFetched) {
  run({lui(1, 0x5000), csr(1, 0, kMtvec, 1), lui(2, 0x6000), lw(3, 0, 2)});
  expectLost(Cause::LoadAccessFault, kBase + 12, 0x6000);
  EXPECT_EQ(describe(hart().lost()), "load access fault at 0x00006000");
  EXPECT_EQ(hart().run(1u << 30), Stop::Lost) << "for good";
}

TEST_F(HartTest, NewInstructionsRunAfterFenceI) {
  const Word patched = addi(2, 2, 32);
  // The loop runs once as it is, then with its first instruction replaced.
  run({auipc(1, 0), lw(3, 28, 1), addi(2, 2, 1), sw(3, 8, 1), kFenceI, addi(4, 4, 1),
       typeB(-16, 1, 4, 7 /* bgeu: never */), patched, kEbreak});
  EXPECT_EQ(hart().x(2), 33u) << "1 from the loop, 32 from the word behind it";
  run({auipc(1, 0), lw(3, 32, 1), addi(2, 2, 1), sw(3, 8, 1), kFenceI, addi(4, 4, 1), typeI(2, 4, 2, 5, 0x13),
       typeB(-20, 0, 5, 1), patched, kEbreak});
  EXPECT_EQ(hart().x(2), 1u + 32u + 32u) << "loop, patched loop, the word behind it";
}

/// A table in which every group has a weight of its own.
CycleTable distinctTable() {
  CycleTable t;
  t.alu = 1;
  t.shift = 10;
  t.shiftPerFour = 100;
  t.shiftPerOne = 1000;
  t.load = 2;
  t.store = 3;
  t.multiply = 40;
  t.multiplyHigh = 50;
  t.divide = 60;
  t.divideByZero = 7;
  t.jump = 8;
  t.jumpRegister = 9;
  t.branchTaken = 20;
  t.branchNotTaken = 11;
  t.unalignedTarget = 10000;
  t.csr = 12;
  t.fence = 13;
  t.trap = 0;
  return t;
}

TEST_F(HartTest, CyclesAreThoseOfTheTable) {
  const auto cyclesOf = [this](std::vector<Word> words) {
    words.push_back(kEbreak);
    run(words, distinctTable());
    return hart().cycles() - 1;  // the ebreak
  };
  EXPECT_EQ(cyclesOf({addi(1, 0, 1)}), 1u);
  EXPECT_EQ(cyclesOf({auipc(1, 0), lw(2, 0, 1), sw(2, 64, 1)}), 1u + 2 + 3);
  EXPECT_EQ(cyclesOf({typeI(7, 1, 1, 1, 0x13)}), 10u + 100 + 3 * 1000) << "slli by 7";
  EXPECT_EQ(cyclesOf({addi(2, 0, 9), typeR(0, 2, 1, 1, 1, 0x33)}), 1u + 10 + 2 * 100 + 1000) << "sll by 9";
  EXPECT_EQ(cyclesOf({typeR(1, 1, 1, 0, 2, 0x33)}), 40u);
  EXPECT_EQ(cyclesOf({typeR(1, 1, 1, 3, 2, 0x33)}), 50u);
  EXPECT_EQ(cyclesOf({typeR(1, 1, 1, 4, 2, 0x33)}), 7u) << "by zero";
  EXPECT_EQ(cyclesOf({addi(1, 0, 3), typeR(1, 1, 1, 7, 2, 0x33)}), 1u + 60);
  EXPECT_EQ(cyclesOf({typeJ(4, 0)}), 8u);
  EXPECT_EQ(cyclesOf({auipc(1, 0), jalr(0, 8, 1)}), 1u + 9);
  EXPECT_EQ(cyclesOf({typeB(4, 0, 0, 0)}), 20u) << "taken";
  EXPECT_EQ(cyclesOf({typeB(4, 0, 0, 1)}), 11u) << "not taken";
  EXPECT_EQ(cyclesOf({kFence}), 13u);
  EXPECT_EQ(cyclesOf({csr(2, 1, 0x300, 0)}), 12u);
  EXPECT_EQ(cyclesOf({auipc(1, 0), lw(2, 2, 1)}), 1u + 2 + 2) << "across two words";
}

TEST_F(HartTest, AJumpToAnInstructionAcrossWordsCostsMore) {
  const CycleTable table = distinctTable();
  machine.emplace(kBase, kBytes, table);
  // c.nop, then 4 bytes across two words: free when run into, dear when jumped to.
  machine->write(kBase, std::string("\x01\x00\x93\x00\x10\x00\x73\x00\x10\x00", 10));
  hart().reset(kBase);
  hart().run(1000);
  EXPECT_EQ(hart().cycles(), 3u);
  machine->writeWords(kBase + 16, {typeJ(-14, 0)});
  hart().reset(kBase + 16);
  hart().run(100000);
  EXPECT_EQ(hart().cycles(), 8u + 10000 + 2);
}

TEST_F(HartTest, CountersCountAndAreWritten) {
  run({addi(1, 0, 1), csr(2, 2, kMcycle, 0), csr(2, 3, 0xB02, 0), csr(1, 0, 0xB02, 0), csr(2, 4, 0xC02, 0),
       kEbreak});
  EXPECT_EQ(hart().x(2), 2u);
  EXPECT_EQ(hart().x(3), 2u);
  EXPECT_EQ(hart().x(4), 0u) << "written by the instruction before";
}

TEST_F(HartTest, BreakpointsStopBeforeTheirInstructionAndStepsGoOn) {
  machine.emplace(kBase, kBytes);
  machine->writeWords(kBase, {addi(1, 1, 1), addi(1, 1, 1), addi(1, 1, 1), kWfi});
  hart().reset(kBase);
  hart().blocks().setBreakpoints({kBase + 4});
  EXPECT_EQ(hart().run(100), Stop::Breakpoint);
  EXPECT_EQ(hart().pc(), kBase + 4);
  EXPECT_EQ(hart().x(1), 1u);
  EXPECT_EQ(hart().step(), Stop::Budget);
  EXPECT_EQ(hart().x(1), 2u);
  EXPECT_EQ(hart().run(100), Stop::Waiting);
  EXPECT_EQ(hart().x(1), 3u);
}

/// A bus on which an access takes as many cycles as its address says, and that remembers when it began.
class SlowBus : public Bus {
 public:
  Answer read(std::uint32_t address, std::uint32_t, std::uint64_t cycle) override {
    began = cycle;
    return {true, 0x12345678, address & 0xFFFu};
  }
  Answer write(std::uint32_t address, std::uint32_t value, std::uint32_t, std::uint64_t cycle) override {
    began = cycle;
    written = value;
    return {true, 0, address & 0xFFFu};
  }
  std::uint64_t began = 0;
  std::uint32_t written = 0;
};

TEST(HartBus, AccessesTakeTheLongerOfBusAndTable) {
  std::vector<std::uint8_t> rom(64), ram(64);
  SlowBus bus;
  CycleTable table;
  table.load = 2;
  table.store = 3;
  Hart hart(table, {kBase, 64, rom.data()}, {kBase + 64, 64, ram.data()}, bus);
  const auto run = [&](const std::vector<Word>& words) {
    std::memcpy(rom.data(), words.data(), 4 * words.size());
    hart.reset(kBase);
    hart.run(1000);
    return hart.cycles() - table.alu - table.trap;  // the ebreak
  };
  EXPECT_EQ(run({addi(2, 0, 0), lw(1, 100, 0), kEbreak}), 1u + 100);
  EXPECT_EQ(bus.began, 1u);
  EXPECT_EQ(hart.x(1), 0x12345678u);
  EXPECT_EQ(run({addi(2, 0, 77), addi(2, 2, 0), sw(2, 20, 0), kEbreak}), 2u + 20);
  EXPECT_EQ(bus.began, 2u);
  EXPECT_EQ(bus.written, 77u);
  EXPECT_EQ(run({sw(2, 0, 0), kEbreak}), 3u) << "the table's own";
}

TEST(HartBus, TheInstructionMemoryCannotBeStoredTo) {
  std::vector<std::uint8_t> rom(64), ram(64);
  SlowBus bus;
  Hart hart({}, {kBase, 64, rom.data()}, {kBase + 64, 64, ram.data()}, bus);
  const std::vector<Word> words{auipc(1, 0), lw(2, 0, 1), sw(2, 0, 1)};
  std::memcpy(rom.data(), words.data(), 12);
  hart.reset(kBase);
  EXPECT_EQ(hart.run(1000), Stop::Lost);
  EXPECT_EQ(hart.x(2), words[0]);
  EXPECT_EQ(describe(hart.lost()), "store access fault at 0x80000000");
}

}  // namespace
