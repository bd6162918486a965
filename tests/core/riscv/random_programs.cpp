#include "tests/core/riscv/random_programs.h"

#include <algorithm>
#include <random>
#include <stdexcept>
#include <vector>

#include "tests/core/riscv/elf_writer.h"
#include "tests/core/riscv/encode.h"

namespace pim::riscv::test {
namespace {

// Registers with a fixed meaning; the others are free. Three point to the memory, for the instructions that
// want their base there.
constexpr Word kStack = 2, kBase8 = 8, kLoop = 29, kResults = 30, kBase = 31;

class Generator {
 public:
  Generator(std::uint64_t seed, std::uint32_t memoryAt, std::uint32_t resultsAt)
      : m_random(seed), m_memory(memoryAt + kUsedBytes / 2), m_results(resultsAt) {}

  void begin() { load(kResults, m_results); }

  void program() {
    for (Word x = 1; x < 29; ++x) load(x, interesting());
    load(kLoop, 0);
    for (const Word x : {kStack, kBase8, kBase}) load(x, m_memory);
    m_units.clear();
    m_fixups.clear();
    const unsigned units = 60 + below(100);
    for (unsigned i = 0; i < units; ++i) {
      m_units.push_back(here());
      unit();
    }
    m_units.push_back(here());
    for (const Fixup& fixup : m_fixups) apply(fixup);
    keepResults();
  }

  void end(std::uint32_t bytes) {
    load(10, 1);  // write(1, results, bytes)
    load(11, m_results);
    load(12, bytes);
    load(17, 64);
    put(kEcall);
    load(10, 0);  // exit(0)
    load(17, 93);
    put(kEcall);
  }

  const std::string& code() const { return m_code; }

 private:
  enum class Jump { Branch, Jal, CompressedJump, CompressedBranch, Register, Add };
  struct Fixup {
    Jump kind;
    std::uint32_t at;    // of the instruction to be completed
    std::uint32_t from;  // what its offset counts from
    std::size_t target;  // unit
    Word registerOrFunction, function;
  };

  std::uint32_t here() const { return kProgramBase + static_cast<std::uint32_t>(m_code.size()); }
  void put(Word word) { put32(m_code, word); }
  void putHalf(Word half) { put16(m_code, half); }
  Word below(Word count) { return static_cast<Word>(m_random() % count); }
  std::int32_t between(std::int32_t low, std::int32_t high) {
    return low + static_cast<std::int32_t>(below(static_cast<Word>(high - low + 1)));
  }

  void load(Word rd, Word value) {
    put(lui(rd, value + 0x800));
    put(addi(rd, rd, static_cast<std::int32_t>(value << 20) >> 20));
  }

  Word interesting() {
    constexpr Word kValues[] = {0,      1,      2,          3,          0x7F,       0x80,
                                0xFFFF, 0x8000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFFE};
    return below(2) != 0 ? kValues[below(12)] : static_cast<Word>(m_random());
  }

  Word source() { return below(32); }
  /// Where results may go.
  Word destination() {
    for (;;) {
      const Word x = below(29);
      if (x != kStack && x != kBase8) return x;
    }
  }
  Word destinationButZero() {
    for (;;) {
      if (const Word x = destination()) return x;
    }
  }
  Word smallDestination() { return 9 + below(7); }  // x9..x15
  Word smallSource() { return 8 + below(8); }
  Word base() {
    constexpr Word kBases[] = {kStack, kBase8, kBase};
    return kBases[below(3)];
  }
  std::size_t later(unsigned most) { return m_units.size() + below(most); }

  void unit() {
    switch (below(12)) {
      case 0:
      case 1:
        return put(typeR(below(2) != 0 ? 1 : 0, source(), source(), below(8), destination(), 0x33));  // and M
      case 2:
        return put(typeR(0x20, source(), source(), below(2) != 0 ? 0 : 5, destination(), 0x33));  // SUB, SRA
      case 3:
        return immediate();
      case 4:
        return put(below(2) != 0 ? lui(destination(), interesting()) : auipc(destination(), interesting()));
      case 5:
        return loadUnit();
      case 6:
        return storeUnit();
      case 7:
        return jump();
      case 8:
        return atomic();
      case 9:
      case 10:
        return compressed();
      default:
        return rare();
    }
  }

  void immediate() {
    const Word function = below(8);
    if (function == 1 || function == 5) {
      const Word upper = function == 5 && below(2) != 0 ? 0x20 : 0;
      return put(typeR(upper, below(32), source(), function, destination(), 0x13));
    }
    put(typeI(between(-2048, 2047), source(), function, destination(), 0x13));
  }

  void loadUnit() {
    constexpr Word kFunctions[] = {0, 1, 2, 4, 5};
    put(typeI(between(-128, 124), base(), kFunctions[below(5)], destination(), 0x03));
  }
  void storeUnit() { put(typeS(between(-128, 124), source(), base(), below(3))); }

  void jump() {
    switch (below(6)) {
      case 0:
      case 1: {
        constexpr Word kFunctions[] = {0, 1, 4, 5, 6, 7};
        m_fixups.push_back(
            {Jump::Branch, here(), here(), later(10), kFunctions[below(6)], source() | source() << 8});
        return put(0);
      }
      case 2:
        m_fixups.push_back({Jump::Jal, here(), here(), later(10), destination(), 0});
        return put(0);
      case 3: {  // AUIPC and JALR
        const Word t = destinationButZero();
        const std::uint32_t from = here();
        put(auipc(t, 0));
        m_fixups.push_back({Jump::Register, here(), from, later(10), destination(), t});
        return put(0);
      }
      case 4: {  // AUIPC, ADDI, and C.JR or C.JALR
        const Word t = destinationButZero();
        const std::uint32_t from = here();
        put(auipc(t, 0));
        m_fixups.push_back({Jump::Add, here(), from, later(10), t, 0});
        put(0);
        return putHalf(cRegisters(8 + below(2), t, 0));
      }
      default: {  // a loop; one that is entered by a jump into it ends at once
        put(addi(kLoop, 0, between(1, 9)));
        const std::uint32_t from = here();
        immediate();
        storeUnit();
        put(addi(kLoop, kLoop, -1));
        return put(typeB(static_cast<std::int32_t>(from - here()), kLoop, 0, 4));  // BLT x0, x29
      }
    }
  }

  void atomic() {
    const Word t = destinationButZero(), at = static_cast<Word>(between(-31, 30)) * 4;
    put(addi(t, base(), static_cast<std::int32_t>(at)));
    const Word order = below(4) << 25;
    if (below(3) != 0) {
      constexpr Word kFunctions[] = {0, 1, 4, 8, 12, 16, 20, 24, 28};
      return put(typeR(kFunctions[below(9)] << 2, source(), t, 2, destination(), 0x2F) | order);
    }
    // The reservation is used up within the unit: what else ends one is up to the machine.
    const auto butAddress = [&] {
      for (;;) {
        const Word x = destination();
        if (x != t) return x;
      }
    };
    put(typeR(2 << 2, 0, t, 2, butAddress(), 0x2F) | order);
    if (below(4) == 0) put(addi(t, t, 4));
    put(typeR(3 << 2, source(), t, 2, butAddress(), 0x2F) | order);
    if (below(4) == 0) put(typeR(3 << 2, source(), t, 2, destination(), 0x2F));
  }

  void compressed() {
    switch (below(20)) {
      case 0:
        return putHalf(cAddi4spn(smallDestination(), 4 * (1 + below(255))));
      case 1:
        return putHalf(cMemory(2, smallDestination(), kBase8, 4 * below(32)));
      case 2:
        return putHalf(cMemory(6, smallSource(), kBase8, 4 * below(32)));
      case 3:
        return putHalf(cImmediate(0, destinationButZero(), between(1, 31), 1));  // c.addi
      case 4:
        m_fixups.push_back({Jump::CompressedJump, here(), here(), later(10), below(2) != 0 ? 1u : 5u, 0});
        return putHalf(0);
      case 5:
        return putHalf(cImmediate(2, destinationButZero(), between(-32, 31), 1));  // c.li
      case 6: {
        const std::int32_t by = 16 * between(1, 31);
        putHalf(cAddi16sp(by));
        return putHalf(cAddi16sp(-by));
      }
      case 7:
        return putHalf(
            cImmediate(3, destinationButZero(), below(2) != 0 ? between(1, 31) : between(-32, -1), 1));
      case 8:
        return putHalf(cShiftOrAnd(0, smallDestination(), between(1, 31)));
      case 9:
        return putHalf(cShiftOrAnd(1, smallDestination(), between(1, 31)));
      case 10:
        return putHalf(cShiftOrAnd(2, smallDestination(), between(-32, 31)));
      case 11:
      case 12:
        return putHalf(cArithmetic(below(4), smallDestination(), smallSource()));
      case 13:
        m_fixups.push_back({Jump::CompressedBranch, here(), here(), later(5), 6 + below(2), smallSource()});
        return putHalf(0);
      case 14:
        return putHalf(cImmediate(0, destinationButZero(), between(1, 31), 2));  // c.slli
      case 15:
        return putHalf(cLwsp(destinationButZero(), 4 * below(32)));
      case 16:
        return putHalf(cRegisters(8, destinationButZero(), 1 + below(31)));  // c.mv
      case 17:
        return putHalf(cRegisters(9, destinationButZero(), 1 + below(31)));  // c.add
      case 18:
        return putHalf(cSwsp(source(), 4 * below(32)));
      default:
        return putHalf(1);  // c.nop
    }
  }

  void rare() {
    switch (below(4)) {
      case 0:
        return put(kFence);
      case 1:
        return put(kFenceI);
      default: {  // a counter, read and forgotten
        constexpr Word kCounters[] = {0xC00, 0xC01, 0xC02, 0xC80, 0xC81, 0xC82};
        const Word rd = destination();
        put(csr(2, rd, kCounters[below(6)], 0));
        return put(addi(rd, rd == 1 ? 3 : 1, 0));
      }
    }
  }

  void apply(const Fixup& fixup) {
    const std::uint32_t target = m_units[std::min(fixup.target, m_units.size() - 1)];
    const auto offset = static_cast<std::int32_t>(target - fixup.from);
    const std::size_t at = fixup.at - kProgramBase;
    switch (fixup.kind) {
      case Jump::Branch:
        return set32(m_code, at,
                     typeB(offset, fixup.function & 31u, fixup.function >> 8, fixup.registerOrFunction));
      case Jump::Jal:
        return set32(m_code, at, typeJ(offset, fixup.registerOrFunction));
      case Jump::CompressedJump:
        return set16(m_code, at, cJump(fixup.registerOrFunction, offset));
      case Jump::CompressedBranch:
        return set16(m_code, at, cBranch(fixup.registerOrFunction, fixup.function, offset));
      case Jump::Register:
        return set32(m_code, at, jalr(fixup.registerOrFunction, offset, fixup.function));
      case Jump::Add:
        return set32(m_code, at, addi(fixup.registerOrFunction, fixup.registerOrFunction, offset));
    }
  }

  void keepResults() {
    for (Word x = 0; x < 32; ++x) put(sw(x, static_cast<std::int32_t>(4 * x), kResults));
    for (std::int32_t at = 0; at < static_cast<std::int32_t>(kUsedBytes); at += 4) {
      put(lw(5, at - static_cast<std::int32_t>(kUsedBytes / 2), kBase));
      put(sw(5, static_cast<std::int32_t>(kRegisterBytes) + at, kResults));
    }
    put(addi(kResults, kResults, kResultBytes));
  }

  std::mt19937_64 m_random;
  std::uint32_t m_memory, m_results;
  std::string m_code;
  std::vector<std::uint32_t> m_units;
  std::vector<Fixup> m_fixups;
};

}  // namespace

Batch randomBatch(std::uint64_t seed, std::uint32_t programs) {
  constexpr std::uint32_t kCodeBytes = 3072;  // of a program, more than any has
  Batch batch;
  batch.programs = programs;
  const std::uint32_t memoryAt = kProgramBase + programs * kCodeBytes;
  batch.resultsAt = memoryAt + kUsedBytes;
  Generator generator(seed, memoryAt, batch.resultsAt);
  generator.begin();
  for (std::uint32_t i = 0; i < programs; ++i) generator.program();
  generator.end(programs * kResultBytes);
  batch.image = generator.code();
  if (batch.image.size() > programs * kCodeBytes)
    throw std::logic_error("random programs are longer than expected");
  batch.image.resize(programs * kCodeBytes);
  std::mt19937_64 random(seed + 1);
  while (batch.image.size() < batch.resultsAt - kProgramBase) put32(batch.image, static_cast<Word>(random()));
  batch.image.resize(batch.image.size() + programs * kResultBytes);
  return batch;
}

}  // namespace pim::riscv::test
