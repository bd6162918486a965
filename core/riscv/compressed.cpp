#include "core/riscv/instruction.h"

namespace pim::riscv {
namespace {

// Opcodes of the full instructions.
constexpr std::uint32_t kLoad = 0x03, kImmediate = 0x13, kStore = 0x23, kRegister = 0x33, kLui = 0x37,
                        kBranch = 0x63, kJalr = 0x67, kJal = 0x6F, kEbreak = 0x00100073;

/// Bits high..low of the instruction.
std::uint32_t field(std::uint32_t half, unsigned high, unsigned low) {
  return half >> low & ((1u << (high - low + 1)) - 1);
}
std::uint32_t bit(std::uint32_t half, unsigned at, unsigned to) {
  return (half >> at & 1u) << to;
}
/// The value's upper bits become those of bit `sign`.
std::uint32_t extend(std::uint32_t value, unsigned sign) {
  const std::uint32_t mask = 1u << sign;
  return (value ^ mask) - mask;
}

std::uint32_t typeI(std::uint32_t opcode, std::uint32_t function, std::uint32_t rd, std::uint32_t rs1,
                    std::uint32_t immediate) {
  return immediate << 20 | rs1 << 15 | function << 12 | rd << 7 | opcode;
}
std::uint32_t typeR(std::uint32_t upper, std::uint32_t function, std::uint32_t rd, std::uint32_t rs1,
                    std::uint32_t rs2) {
  return upper << 25 | rs2 << 20 | rs1 << 15 | function << 12 | rd << 7 | kRegister;
}
std::uint32_t storeWord(std::uint32_t rs1, std::uint32_t rs2, std::uint32_t offset) {
  return offset >> 5 << 25 | rs2 << 20 | rs1 << 15 | 2u << 12 | (offset & 31u) << 7 | kStore;
}
std::uint32_t jump(std::uint32_t rd, std::uint32_t offset) {
  return bit(offset, 20, 31) | field(offset, 10, 1) << 21 | bit(offset, 11, 20) |
         field(offset, 19, 12) << 12 | rd << 7 | kJal;
}
std::uint32_t branch(std::uint32_t function, std::uint32_t rs1, std::uint32_t offset) {
  return bit(offset, 12, 31) | field(offset, 10, 5) << 25 | rs1 << 15 | function << 12 |
         field(offset, 4, 1) << 8 | bit(offset, 11, 7) | kBranch;
}

std::uint32_t immediate6(std::uint32_t h) {
  return extend(bit(h, 12, 5) | field(h, 6, 2), 5);
}
std::uint32_t wordOffset(std::uint32_t h) {  // c.lw, c.sw
  return field(h, 12, 10) << 3 | bit(h, 6, 2) | bit(h, 5, 6);
}
std::uint32_t jumpOffset(std::uint32_t h) {
  return extend(bit(h, 12, 11) | bit(h, 11, 4) | field(h, 10, 9) << 8 | bit(h, 8, 10) | bit(h, 7, 6) |
                    bit(h, 6, 7) | field(h, 5, 3) << 1 | bit(h, 2, 5),
                11);
}
std::uint32_t branchOffset(std::uint32_t h) {
  return extend(
      bit(h, 12, 8) | field(h, 11, 10) << 3 | field(h, 6, 5) << 6 | field(h, 4, 3) << 1 | bit(h, 2, 5), 8);
}

std::uint32_t quadrant0(std::uint32_t h) {
  const std::uint32_t rs1 = field(h, 9, 7) + 8, rd = field(h, 4, 2) + 8;
  switch (field(h, 15, 13)) {
    case 0: {  // c.addi4spn
      const std::uint32_t immediate =
          field(h, 12, 11) << 4 | field(h, 10, 7) << 6 | bit(h, 6, 2) | bit(h, 5, 3);
      return immediate == 0 ? 0 : typeI(kImmediate, 0, rd, 2, immediate);
    }
    case 2:  // c.lw
      return typeI(kLoad, 2, rd, rs1, wordOffset(h));
    case 6:  // c.sw
      return storeWord(rs1, rd, wordOffset(h));
    default:
      return 0;
  }
}

std::uint32_t arithmetic(std::uint32_t h) {
  const std::uint32_t rd = field(h, 9, 7) + 8, rs2 = field(h, 4, 2) + 8;
  switch (field(h, 11, 10)) {
    case 0:  // c.srli
      return bit(h, 12, 0) != 0 ? 0 : typeI(kImmediate, 5, rd, rd, field(h, 6, 2));
    case 1:  // c.srai
      return bit(h, 12, 0) != 0 ? 0 : typeI(kImmediate, 5, rd, rd, 0x400 | field(h, 6, 2));
    case 2:  // c.andi
      return typeI(kImmediate, 7, rd, rd, immediate6(h));
    default:
      break;
  }
  if (bit(h, 12, 0) != 0) return 0;
  constexpr std::uint32_t kFunctions[] = {0, 4, 6, 7};  // c.sub, c.xor, c.or, c.and
  const std::uint32_t which = field(h, 6, 5);
  return typeR(which == 0 ? 0x20 : 0, kFunctions[which], rd, rd, rs2);
}

std::uint32_t quadrant1(std::uint32_t h) {
  const std::uint32_t rd = field(h, 11, 7);
  switch (field(h, 15, 13)) {
    case 0:  // c.addi, c.nop
      return typeI(kImmediate, 0, rd, rd, immediate6(h));
    case 1:  // c.jal
      return jump(1, jumpOffset(h));
    case 2:  // c.li
      return typeI(kImmediate, 0, rd, 0, immediate6(h));
    case 3: {  // c.lui, c.addi16sp
      if (immediate6(h) == 0) return 0;
      if (rd != 2) return immediate6(h) << 12 | rd << 7 | kLui;
      const std::uint32_t immediate =
          extend(bit(h, 12, 9) | bit(h, 6, 4) | bit(h, 5, 6) | field(h, 4, 3) << 7 | bit(h, 2, 5), 9);
      return typeI(kImmediate, 0, 2, 2, immediate);
    }
    case 4:
      return arithmetic(h);
    case 5:  // c.j
      return jump(0, jumpOffset(h));
    case 6:  // c.beqz
      return branch(0, field(h, 9, 7) + 8, branchOffset(h));
    default:  // c.bnez
      return branch(1, field(h, 9, 7) + 8, branchOffset(h));
  }
}

std::uint32_t quadrant2(std::uint32_t h) {
  const std::uint32_t rd = field(h, 11, 7), rs2 = field(h, 6, 2);
  switch (field(h, 15, 13)) {
    case 0:  // c.slli
      return bit(h, 12, 0) != 0 ? 0 : typeI(kImmediate, 1, rd, rd, rs2);
    case 2:  // c.lwsp
      if (rd == 0) return 0;
      return typeI(kLoad, 2, rd, 2, bit(h, 12, 5) | field(h, 6, 4) << 2 | field(h, 3, 2) << 6);
    case 4:
      if (bit(h, 12, 0) == 0) {
        if (rs2 != 0) return typeR(0, 0, rd, 0, rs2);    // c.mv
        return rd == 0 ? 0 : typeI(kJalr, 0, 0, rd, 0);  // c.jr
      }
      if (rs2 != 0) return typeR(0, 0, rd, rd, rs2);         // c.add
      return rd == 0 ? kEbreak : typeI(kJalr, 0, 1, rd, 0);  // c.ebreak, c.jalr
    case 6:                                                  // c.swsp
      return storeWord(2, rs2, field(h, 12, 9) << 2 | field(h, 8, 7) << 6);
    default:
      return 0;
  }
}

}  // namespace

std::uint32_t expandCompressed(std::uint16_t half) {
  switch (half & 3u) {
    case 0:
      return quadrant0(half);
    case 1:
      return quadrant1(half);
    default:
      return quadrant2(half);
  }
}

}  // namespace pim::riscv
