#pragma once

#include <cstdint>

/// Instructions as the specification writes them: a second way to the encodings that core/riscv/decode.cpp
/// reads.
namespace pim::riscv::test {

using Word = std::uint32_t;

constexpr Word typeR(Word upper, Word rs2, Word rs1, Word function, Word rd, Word opcode) {
  return upper << 25 | rs2 << 20 | rs1 << 15 | function << 12 | rd << 7 | opcode;
}
constexpr Word typeI(std::int32_t immediate, Word rs1, Word function, Word rd, Word opcode) {
  return static_cast<Word>(immediate) << 20 | rs1 << 15 | function << 12 | rd << 7 | opcode;
}
constexpr Word typeS(std::int32_t immediate, Word rs2, Word rs1, Word function) {
  const Word i = static_cast<Word>(immediate);
  return (i >> 5 & 127u) << 25 | rs2 << 20 | rs1 << 15 | function << 12 | (i & 31u) << 7 | 0x23;
}
constexpr Word typeB(std::int32_t offset, Word rs2, Word rs1, Word function) {
  const Word i = static_cast<Word>(offset);
  return (i >> 12 & 1u) << 31 | (i >> 5 & 63u) << 25 | rs2 << 20 | rs1 << 15 | function << 12 |
         (i >> 1 & 15u) << 8 | (i >> 11 & 1u) << 7 | 0x63;
}
constexpr Word typeJ(std::int32_t offset, Word rd) {
  const Word i = static_cast<Word>(offset);
  return (i >> 20 & 1u) << 31 | (i >> 1 & 1023u) << 21 | (i >> 11 & 1u) << 20 | (i >> 12 & 255u) << 12 |
         rd << 7 | 0x6F;
}
constexpr Word lui(Word rd, Word value) {
  return (value & 0xFFFFF000u) | rd << 7 | 0x37;
}
constexpr Word auipc(Word rd, Word value) {
  return (value & 0xFFFFF000u) | rd << 7 | 0x17;
}
constexpr Word addi(Word rd, Word rs1, std::int32_t immediate) {
  return typeI(immediate, rs1, 0, rd, 0x13);
}
constexpr Word lw(Word rd, std::int32_t offset, Word rs1) {
  return typeI(offset, rs1, 2, rd, 0x03);
}
constexpr Word sw(Word rs2, std::int32_t offset, Word rs1) {
  return typeS(offset, rs2, rs1, 2);
}
constexpr Word jalr(Word rd, std::int32_t offset, Word rs1) {
  return typeI(offset, rs1, 0, rd, 0x67);
}
/// CSR instructions: function 1, 2, 3 are CSRRW, CSRRS, CSRRC, and 5, 6, 7 the same with an immediate.
constexpr Word csr(Word function, Word rd, Word number, Word source) {
  return number << 20 | source << 15 | function << 12 | rd << 7 | 0x73;
}
constexpr Word kEcall = 0x00000073, kEbreak = 0x00100073, kMret = 0x30200073, kWfi = 0x10500073,
               kFence = 0x0FF0000F, kFenceI = 0x0000100F;

// Compressed; three-bit registers are given as 8..15.
constexpr Word cBits(Word value, unsigned from, unsigned to) {
  return (value >> from & 1u) << to;
}
constexpr Word cImmediate(Word function, Word rd, std::int32_t immediate, Word quadrant) {
  const Word i = static_cast<Word>(immediate);
  return function << 13 | cBits(i, 5, 12) | rd << 7 | (i & 31u) << 2 | quadrant;
}
constexpr Word cAddi4spn(Word rd, Word i) {
  return (i >> 4 & 3u) << 11 | (i >> 6 & 15u) << 7 | cBits(i, 2, 6) | cBits(i, 3, 5) | (rd - 8) << 2;
}
constexpr Word cAddi16sp(std::int32_t immediate) {
  const Word i = static_cast<Word>(immediate);
  return 3u << 13 | cBits(i, 9, 12) | 2u << 7 | cBits(i, 4, 6) | cBits(i, 6, 5) | (i >> 7 & 3u) << 3 |
         cBits(i, 5, 2) | 1;
}
constexpr Word cMemory(Word function, Word data, Word base, Word offset) {  // c.lw 2, c.sw 6
  return function << 13 | (offset >> 3 & 7u) << 10 | (base - 8) << 7 | cBits(offset, 2, 6) |
         cBits(offset, 6, 5) | (data - 8) << 2;
}
constexpr Word cLwsp(Word rd, Word o) {
  return 2u << 13 | cBits(o, 5, 12) | rd << 7 | (o >> 2 & 7u) << 4 | (o >> 6 & 3u) << 2 | 2;
}
constexpr Word cSwsp(Word rs2, Word o) {
  return 6u << 13 | (o >> 2 & 15u) << 9 | (o >> 6 & 3u) << 7 | rs2 << 2 | 2;
}
/// c.srli 0, c.srai 1, c.andi 2.
constexpr Word cShiftOrAnd(Word which, Word rd, std::int32_t immediate) {
  const Word i = static_cast<Word>(immediate);
  return 4u << 13 | cBits(i, 5, 12) | which << 10 | (rd - 8) << 7 | (i & 31u) << 2 | 1;
}
/// c.sub 0, c.xor 1, c.or 2, c.and 3.
constexpr Word cArithmetic(Word which, Word rd, Word rs2) {
  return 4u << 13 | 3u << 10 | (rd - 8) << 7 | which << 5 | (rs2 - 8) << 2 | 1;
}
constexpr Word cJump(Word function, std::int32_t offset) {  // c.jal 1, c.j 5
  const Word i = static_cast<Word>(offset);
  return function << 13 | cBits(i, 11, 12) | cBits(i, 4, 11) | (i >> 8 & 3u) << 9 | cBits(i, 10, 8) |
         cBits(i, 6, 7) | cBits(i, 7, 6) | (i >> 1 & 7u) << 3 | cBits(i, 5, 2) | 1;
}
constexpr Word cBranch(Word function, Word rs1, std::int32_t offset) {  // c.beqz 6, c.bnez 7
  const Word i = static_cast<Word>(offset);
  return function << 13 | cBits(i, 8, 12) | (i >> 3 & 3u) << 10 | (rs1 - 8) << 7 | (i >> 6 & 3u) << 5 |
         (i >> 1 & 3u) << 3 | cBits(i, 5, 2) | 1;
}
/// c.jr 8, c.mv 8, c.jalr 9, c.add 9: rs2 is 0 for jumps.
constexpr Word cRegisters(Word upper, Word rd, Word rs2) {
  return upper << 12 | rd << 7 | rs2 << 2 | 2;
}

}  // namespace pim::riscv::test
