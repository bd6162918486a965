#include "tests/platform/config/ibex_sequences.h"

#include "tests/core/riscv/encode.h"

namespace pim::platform::test {
namespace {

using namespace riscv::test;

// Registers: where the data and this program are, where marks go, and operands.
constexpr Word kData = 8, kThree = 9, kHundred = 10, kZero = 11, kMinusSeven = 12, kHere = 13, kMark = 14,
               kLeast = 15, kTo = 5;

constexpr Word kNop = 0x00000013, kShortNop = 0x0001;

constexpr Word add(Word rd, Word rs1, Word rs2) {
  return typeR(0, rs2, rs1, 0, rd, 0x33);
}
/// MUL 0, MULH 1, MULHSU 2, MULHU 3, DIV 4, DIVU 5, REM 6, REMU 7.
constexpr Word multiplication(Word which, Word rs1, Word rs2) {
  return typeR(1, rs2, rs1, which, kTo, 0x33);
}
/// LB 0, LH 1, LW 2, LBU 4, LHU 5.
constexpr Word load(Word which, std::int32_t offset) {
  return typeI(offset, kData, which, kTo, 0x03);
}
/// SB 0, SH 1, SW 2.
constexpr Word store(Word which, std::int32_t offset) {
  return typeS(offset, kThree, kData, which);
}
constexpr Word beq(std::int32_t offset, Word rs1, Word rs2) {
  return typeB(offset, rs2, rs1, 0);
}
constexpr Word bne(std::int32_t offset, Word rs1, Word rs2) {
  return typeB(offset, rs2, rs1, 1);
}

// A CSR write flushes the pipeline, but for mscratch and mepc: the table has one number for reads and writes.
std::vector<IbexSequence> straight() {
  return {
      {"nothing", {}, 0},
      {"addi", {addi(kTo, kThree, 5)}, 1},
      {"c.addi", {cImmediate(0, kTo, 3, 1)}, 1},
      {"c.mv", {cRegisters(8, kTo, kThree)}, 1},
      {"lui", {lui(kTo, 0x12345000)}, 1},
      {"auipc", {auipc(kTo, 0x1000)}, 1},
      {"slli by 31", {typeI(31, kThree, 1, kTo, 0x13)}, 1},
      {"srl by 100", {typeR(0, kHundred, kThree, 5, kTo, 0x33)}, 1},
      {"add of what was just added", {add(kTo, kThree, kThree), add(kTo, kTo, kTo), add(kTo, kTo, kTo)}, 3},
      {"addi across words", {kShortNop, addi(kTo, kThree, 1), addi(kTo, kTo, 1), addi(kTo, kTo, 1)}, 4},
      {"short and long",
       {kShortNop, kNop, kShortNop, kNop, kShortNop, kShortNop, kShortNop, kNop, kNop, kShortNop},
       10},
      {"fence", {kFence}, 1},
      {"fence.i", {kFenceI}, 2},
      {"csrr of mcycle", {csr(2, kTo, 0xB00, 0)}, 1},
      {"csrr of mstatus", {csr(2, kTo, 0x300, 0)}, 1},
      {"csrw of mscratch", {csr(1, 0, 0x340, kThree)}, 1},
      {"csrw of mtvec", {csr(1, 0, 0x305, kHere)}, 3, {}, -2},
  };
}

// The second of the two accesses of a misaligned one begins while the first ends: the model has a whole
// second access.
std::vector<IbexSequence> memory() {
  return {
      {"lw", {load(2, 8)}, 2},
      {"lb", {load(0, 3)}, 2},
      {"lhu", {load(5, 2)}, 2},
      {"lw of the program", {lw(kTo, 0, kHere)}, 2},
      {"lw over the bus", {lw(kTo, 16, kMark)}, 2},
      {"c.lw", {cMemory(2, kThree, kData, 4)}, 2},
      {"lw, use", {load(2, 8), add(kTo, kTo, kTo)}, 3},
      {"lw, lw, lw", {load(2, 8), load(2, 4), load(2, 0)}, 6},
      {"sw", {store(2, 8)}, 2},
      {"sb", {store(0, 5)}, 2},
      {"c.sw", {cMemory(6, kThree, kData, 4)}, 2},
      {"sw, lw of the same", {store(2, 8), load(2, 8)}, 4},
      {"lw, sw, lw, sw", {load(2, 8), store(2, 12), load(2, 16), store(2, 20)}, 8},
      {"lh at 1", {load(1, 1)}, 2},
      {"lh at 3", {load(1, 3)}, 3, {}, 1},
      {"lw at 2", {load(2, 2)}, 3, {}, 1},
      {"sw at 1", {store(2, 1)}, 3, {}, 1},
      {"sh at 1", {store(1, 1)}, 2},
  };
}

std::vector<IbexSequence> multiplications() {
  return {
      {"mul", {multiplication(0, kThree, kHundred)}, 3},
      {"mul of negatives", {multiplication(0, kMinusSeven, kMinusSeven)}, 3},
      {"mul, use", {multiplication(0, kThree, kHundred), add(kTo, kTo, kTo)}, 4},
      {"mul by 0", {multiplication(0, kThree, kZero)}, 3},
      {"mulh", {multiplication(1, kThree, kMinusSeven)}, 4},
      {"mulhsu", {multiplication(2, kMinusSeven, kThree)}, 4},
      {"mulhu", {multiplication(3, kHundred, kMinusSeven)}, 4},
      {"div", {multiplication(4, kHundred, kMinusSeven)}, 37},
      {"div of 0", {multiplication(4, kZero, kThree)}, 37},
      {"div that overflows", {addi(kTo, 0, -1), multiplication(4, kLeast, kTo)}, 38},
      {"divu", {multiplication(5, kMinusSeven, kThree)}, 37},
      {"rem", {multiplication(6, kMinusSeven, kThree)}, 37},
      {"remu", {multiplication(7, kHundred, kThree)}, 37},
      {"div, use", {multiplication(4, kHundred, kThree), add(kTo, kTo, kTo)}, 38},
      {"div by 0", {multiplication(4, kHundred, kZero)}, 2},
      {"remu by 0", {multiplication(7, kHundred, kZero)}, 2},
  };
}

// The mark that follows is a target of four bytes: after an even number of short instructions it lies in one
// word, after an odd number across two.
std::vector<IbexSequence> jumps() {
  return {
      {"jal to the next", {typeJ(4, 0)}, 2},
      {"jal over a word", {typeJ(8, 1), kNop}, 2},
      {"jal to 4 bytes across words", {typeJ(6, 1), kShortNop}, 3},
      {"jal to a short one", {typeJ(8, 1), kNop, kShortNop, kShortNop}, 4},
      {"jal to a short one in the second half", {typeJ(6, 1), kShortNop, kShortNop}, 3},
      {"jal to a short one, 4 bytes across words", {typeJ(8, 1), kNop, kShortNop, kNop, kShortNop}, 5},
      {"jal from across words", {kShortNop, typeJ(6, 1), kShortNop}, 3},
      {"jal from and to across words", {kShortNop, typeJ(4, 1)}, 4},
      {"c.j to the next word", {cJump(5, 4), kShortNop}, 2},
      {"c.j to a short one in the second half", {cJump(5, 2), kShortNop}, 3},
      {"c.j to 4 bytes across words", {cJump(5, 2)}, 3},
      {"c.jal", {cJump(1, 4), kShortNop}, 2},
      {"jalr", {jalr(1, 16, kHere), kNop, kNop}, 2},
      {"jalr to 4 bytes across words", {jalr(1, 10, kHere), kShortNop}, 3},
      {"c.jr", {addi(kTo, kHere, 12), cRegisters(8, kTo, 0), kShortNop}, 3},
      {"jal to jal to jal", {typeJ(4, 0), typeJ(4, 0), typeJ(4, 0)}, 6},
      {"c.j to c.j to c.j", {cJump(5, 2), cJump(5, 2), cJump(5, 2), kShortNop}, 7},
      {"call and return", {typeJ(8, 1), typeJ(8, 0), cRegisters(8, 1, 0), kShortNop}, 6},
  };
}

std::vector<IbexSequence> branches() {
  const Word step = cImmediate(0, kThree, -1, 1);
  return {
      {"beq, not taken", {beq(8, kThree, kZero), kNop}, 2},
      {"c.beqz, not taken", {cBranch(6, kThree, 4), kShortNop}, 2},
      {"beq to the next", {beq(4, 0, 0)}, 3},
      {"beq over a word", {beq(8, 0, 0), kNop}, 3},
      {"beq to 4 bytes across words", {beq(6, 0, 0), kShortNop}, 4},
      {"beq to a short one", {beq(8, 0, 0), kNop, kShortNop, kShortNop}, 5},
      {"beq to a short one in the second half", {beq(6, 0, 0), kShortNop, kShortNop}, 4},
      {"beq from across words", {kShortNop, beq(6, 0, 0), kShortNop}, 4},
      {"bge", {typeB(4, kZero, kThree, 5)}, 3},
      {"bltu", {typeB(4, kMinusSeven, kThree, 6)}, 3},
      {"c.bnez to 4 bytes across words", {cBranch(7, kThree, 2)}, 4},
      {"c.beqz to the next word", {cBranch(6, kZero, 4), kShortNop}, 3},
      {"beq on what was just loaded", {load(2, 0), beq(4, kTo, 0)}, 5},
      {"beq to beq", {beq(4, 0, 0), beq(4, 0, 0)}, 6},
      {"jal to beq, not taken", {typeJ(4, 0), beq(8, kThree, kZero), kNop}, 4},
      {"loop of three turns", {addi(kThree, kThree, -1), bne(-4, kThree, 0)}, 10},
      {"short loop of three turns", {step, cBranch(7, kThree, -2)}, 10},
      {"short loop of three turns, second half", {kShortNop, step, cBranch(7, kThree, -2), kShortNop}, 12},
      {"loop of three turns, across words",
       {kShortNop, addi(kThree, kThree, -1), bne(-4, kThree, 0), kShortNop},
       14},
      {"copy of three words",
       {lw(kTo, 0, kHere), sw(kTo, 0, kData), cImmediate(0, kHere, 4, 1), cImmediate(0, kData, 4, 1), step,
        bne(-14, kThree, 0)},
       28},
  };
}

// The table has JALR's number for MRET.
std::vector<IbexSequence> privileged() {
  const Word mark = sw(0, 0, kMark), external = add(kTo, kTo, kTo);
  return {
      {"wfi, an interrupt pending", {kWfi}, 5, {addi(kTo, 0, 0x400), external, csr(2, 0, 0x304, kTo)}},
      {"mret", {kMret}, 3, {addi(kTo, kHere, 16), csr(1, 0, 0x341, kTo)}, -1},
      // The handler is what the program begins with: a branch that is taken the first time only, and a mark.
      {"ecall, beq not taken", {kEcall}, 4, {beq(8, kTo, 0), mark, csr(1, 0, 0x305, kHere), addi(kTo, 0, 1)}},
      {"illegal, beq not taken",
       {0xFFFFFFFF},
       4,
       {beq(8, kTo, 0), mark, csr(1, 0, 0x305, kHere), addi(kTo, 0, 1)}},
  };
}

}  // namespace

std::vector<IbexRegister> ibexRegisters() {
  return {{kTo, 0},           {kData, kIbexData}, {kThree, 3},        {kHundred, 100},     {kZero, 0},
          {kMinusSeven, ~6u}, {kHere, kIbexCode}, {kMark, kIbexMark}, {kLeast, 0x80000000}};
}

std::vector<IbexSequence> ibexSequences() {
  std::vector<IbexSequence> all;
  for (const auto& group : {straight(), memory(), multiplications(), jumps(), branches(), privileged()})
    all.insert(all.end(), group.begin(), group.end());
  return all;
}

std::vector<std::uint8_t> ibexProgram(const IbexSequence& sequence) {
  const Word mark = sw(0, 0, kMark);
  std::vector<std::uint8_t> bytes;
  const auto put = [&bytes](Word word) {
    for (unsigned i = 0; i < ((word & 3) == 3 ? 4u : 2u); ++i)
      bytes.push_back(static_cast<std::uint8_t>(word >> 8 * i));
  };
  for (const Word word : sequence.before) put(word);
  put(mark);
  for (const Word word : sequence.code) put(word);
  put(mark);
  put(cJump(5, 0));
  return bytes;
}

}  // namespace pim::platform::test
